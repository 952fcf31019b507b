import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentActor } from '../../admin/current-actor.js';
import { type Page, pageSchema } from '../../admin/paging.js';
import type { Actor } from '../admin-identity.js';
import { NewToken, TokenChanges, TokenQuery } from './token.dto.js';
import { TokenView, TokenWithSecret } from './token.view.js';
import { TokensService } from './tokens.service.js';

@ApiTags('tokens')
@Controller('api/admin/tokens')
export class TokensController {
  constructor(private readonly tokens: TokensService) {}

  @Get()
  @ApiOperation({ summary: 'List access tokens, newest first' })
  @pageSchema(TokenView)
  list(@Query() query: TokenQuery): Promise<Page<TokenView>> {
    return this.tokens.list(query);
  }

  @Post()
  @ApiOperation({
    summary: 'Make an access token',
    description: 'The answer is the only one with its secret.',
  })
  @ApiCreatedResponse({ type: TokenWithSecret })
  create(@Body() body: NewToken, @CurrentActor() actor: Actor): Promise<TokenWithSecret> {
    return this.tokens.create(body, actor);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show an access token' })
  @ApiOkResponse({ type: TokenView })
  get(@Param('id') id: string): Promise<TokenView> {
    return this.tokens.get(id);
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change an access token',
    description: 'Fields that are left out stay; `scopes` and `limits` are replaced whole.',
  })
  @ApiOkResponse({ type: TokenView })
  change(
    @Param('id') id: string,
    @Body() body: TokenChanges,
    @CurrentActor() actor: Actor,
  ): Promise<TokenView> {
    return this.tokens.change(id, body, actor);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End an access token', description: 'And every session that was begun with it.' })
  @ApiNoContentResponse({ description: 'The token is gone' })
  remove(@Param('id') id: string, @CurrentActor() actor: Actor): Promise<void> {
    return this.tokens.remove(id, actor);
  }
}
