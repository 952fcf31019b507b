import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { NeedsRole } from '../../admin/needs-role.js';
import { KeyActionRequest, KeyActionResult } from './key-action.dto.js';
import { KeyActions } from './key-actions.js';
import { KeyCheckResult, RevealedKey } from './key-check.dto.js';
import { KeyEditing, unknownKey } from './key-editing.js';
import { KeyPatchBody } from './key-import.dto.js';
import { KeyInspection } from './key-inspection.js';
import { KeyList } from './key-list.js';
import { KeyView } from './key-view.js';
import { KeyLimit } from './limit-view.js';

@ApiTags('keys')
@ApiExtraModels(KeyLimit)
@Controller('api/admin/keys')
export class KeysController {
  constructor(
    private readonly list: KeyList,
    private readonly editing: KeyEditing,
    private readonly actions: KeyActions,
    private readonly inspection: KeyInspection,
  ) {}

  @Post('actions')
  @HttpCode(200)
  @ApiOperation({ summary: 'Do one thing to many keys' })
  @ApiOkResponse({ type: KeyActionResult })
  act(@Body() request: KeyActionRequest): Promise<KeyActionResult> {
    return this.actions.run(request);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a key' })
  @ApiOkResponse({ type: KeyView })
  async show(@Param('id') id: string): Promise<KeyView> {
    const [view] = await this.list.show([id]);
    if (!view) throw unknownKey();
    return view;
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change what is said of a key' })
  @ApiBody({ type: KeyPatchBody })
  @ApiOkResponse({ type: KeyView })
  async change(@Param('id') id: string, @Body() body: unknown): Promise<KeyView> {
    await this.editing.change(id, body);
    return this.show(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a key' })
  @ApiNoContentResponse()
  delete(@Param('id') id: string): Promise<void> {
    return this.editing.delete(id);
  }

  @Post(':id/check')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Ask the upstream about a key; the answer takes effect unless the key is disabled',
  })
  @ApiOkResponse({ type: KeyCheckResult })
  check(@Param('id') id: string): Promise<KeyCheckResult> {
    return this.inspection.check(id);
  }

  @Post(':id/reveal')
  @HttpCode(200)
  @NeedsRole('super_admin')
  @ApiOperation({ summary: 'Show the secret of a key; the audit log records it' })
  @ApiOkResponse({ type: RevealedKey })
  reveal(@Param('id') id: string): Promise<RevealedKey> {
    return this.inspection.reveal(id);
  }
}
