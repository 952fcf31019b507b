import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { type Page, PageQuery, pageSchema } from '../../admin/paging.js';
import { NewUpstream, UpstreamChanges } from './upstream-body.js';
import { UpstreamView } from './upstream-view.js';
import { UpstreamsService } from './upstreams.service.js';

/**
 * Bodies come in unread: `define` checks definitions from everywhere alike, and tells every fault at once.
 */
@ApiTags('upstreams')
@Controller('api/admin/upstreams')
export class UpstreamsController {
  constructor(private readonly upstreams: UpstreamsService) {}

  @Get()
  @ApiOperation({ summary: 'List upstreams by slug' })
  @pageSchema(UpstreamView)
  list(@Query() query: PageQuery): Promise<Page<UpstreamView>> {
    return this.upstreams.list(query);
  }

  @Post()
  @ApiOperation({ summary: 'Add an upstream' })
  @ApiBody({ type: NewUpstream })
  @ApiCreatedResponse({ type: UpstreamView })
  create(@Body() body: unknown): Promise<UpstreamView> {
    return this.upstreams.create(body);
  }

  @Get(':slug')
  @ApiOperation({ summary: 'Show an upstream' })
  @ApiOkResponse({ type: UpstreamView })
  get(@Param('slug') slug: string): Promise<UpstreamView> {
    return this.upstreams.get(slug);
  }

  @Patch(':slug')
  @ApiOperation({
    summary: 'Change an upstream',
    description:
      "Fields that are left out stay; those that are given are replaced whole; null is the preset's word.",
  })
  @ApiBody({ type: UpstreamChanges })
  @ApiOkResponse({ type: UpstreamView })
  change(@Param('slug') slug: string, @Body() body: unknown): Promise<UpstreamView> {
    return this.upstreams.change(slug, body);
  }

  @Delete(':slug')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Delete an upstream',
    description:
      'With its keys and all that is known of them. Refused with 409 as long as routes lead to it.',
  })
  @ApiNoContentResponse({ description: 'The upstream and its keys are gone' })
  remove(@Param('slug') slug: string): Promise<void> {
    return this.upstreams.remove(slug);
  }
}
