import { Body, Controller, Delete, Get, HttpCode, Param, Patch } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import { KeywheelError } from '../../kernel/errors.js';
import { ANY_VALUE, SettingView } from './setting-view.js';
import { SettingsEditor } from './settings-editor.js';

const BY_NAME = { type: 'object', additionalProperties: { $ref: getSchemaPath(SettingView) } };

@ApiTags('settings')
@ApiExtraModels(SettingView)
@Controller('api/admin/settings')
export class SettingsController {
  constructor(private readonly editor: SettingsEditor) {}

  @Get()
  @ApiOperation({ summary: 'All settings, with their default and where their value comes from' })
  @ApiOkResponse({ description: 'Every setting by its name', schema: BY_NAME })
  list(): Record<string, SettingView> {
    return this.editor.list();
  }

  @Patch()
  @ApiOperation({ summary: 'Change some settings; all or none' })
  @ApiBody({
    description: 'New values by setting name',
    schema: { type: 'object', additionalProperties: ANY_VALUE, example: { maxWaitMs: 5_000 } },
  })
  @ApiOkResponse({ description: 'Every setting by its name, after the change', schema: BY_NAME })
  patch(@Body() values: unknown): Promise<Record<string, SettingView>> {
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw new KeywheelError('validation_failed', 'The body must be an object of setting names and values.');
    }
    return this.editor.patch(values as Record<string, unknown>);
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Put a setting back to its default' })
  @ApiNoContentResponse({ description: 'The setting is back at its default' })
  reset(@Param('name') name: string): Promise<void> {
    return this.editor.reset(name);
  }
}
