import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Page, pageSchema } from '../../admin/paging.js';
import { NewRoute, RouteChanges, RouteQuery } from './route.dto.js';
import { RouteView } from './route.view.js';
import { RoutesService } from './routes.service.js';

@ApiTags('routes')
@Controller('api/admin/routes')
export class RoutesController {
  constructor(private readonly routes: RoutesService) {}

  @Get()
  @ApiOperation({ summary: 'List routes by the model that they stand for' })
  @pageSchema(RouteView)
  list(@Query() query: RouteQuery): Promise<Page<RouteView>> {
    return this.routes.list(query);
  }

  @Post()
  @ApiOperation({
    summary: 'Make a route',
    description:
      'From now on a call for this model goes to the targets. Targets are final: they name a model of an upstream and never another route.',
  })
  @ApiCreatedResponse({ type: RouteView })
  create(@Body() body: NewRoute): Promise<RouteView> {
    return this.routes.create(body);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a route' })
  @ApiOkResponse({ type: RouteView })
  get(@Param('id') id: string): Promise<RouteView> {
    return this.routes.get(id);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change a route',
    description: 'Fields that are left out stay; `targets` is replaced whole.',
  })
  @ApiOkResponse({ type: RouteView })
  change(@Param('id') id: string, @Body() body: RouteChanges): Promise<RouteView> {
    return this.routes.change(id, body);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a route' })
  @ApiNoContentResponse({ description: 'The route is gone' })
  remove(@Param('id') id: string): Promise<void> {
    return this.routes.remove(id);
  }
}
