import type { OutputFormat } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import { type Notes, refuse } from '../../conversation/notes.js';
import type { ClaudeModel } from './claude-models.js';
import { isBeyondGrammar } from './grammar-limits.js';
import { withinGrammar } from './schema.js';

interface WrittenOutput {
  /** `output_config.format`. */
  readonly format?: Fields;
  /** What the system prompt has to ask for instead. */
  readonly instruction?: string;
}

const JSON_ONLY = 'Answer with a single JSON object and nothing else: no words around it and no code fence.';

/**
 * Structured output. Anthropic guarantees a schema and has no word for "any JSON object": that is asked for in the
 * system prompt, and so is a schema that the model cannot guarantee where the caller did not insist on it.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 * @throws KeywheelError untranslatable where the model cannot guarantee a schema and the caller insists
 */
export function writeOutput(
  output: OutputFormat | undefined,
  model: ClaudeModel,
  notes: Notes,
): WrittenOutput {
  if (!output || output.kind === 'text') return {};
  if (output.kind === 'json') {
    notes.warn('instructed:json');
    return { instruction: JSON_ONLY };
  }
  if (model.structured && !isBeyondGrammar(output.schema)) {
    const { schema, lost } = withinGrammar(output.schema);
    if (lost) notes.warn('schema:relaxed');
    const described =
      output.description !== undefined && schema.description === undefined
        ? { ...schema, description: output.description }
        : schema;
    return { format: { type: 'json_schema', schema: described } };
  }
  if (output.strict) {
    refuse('This model cannot guarantee that its answer fits this JSON schema.', 'response_format');
  }
  notes.warn('instructed:schema');
  return { instruction: `${JSON_ONLY} It has to fit this JSON schema: ${JSON.stringify(output.schema)}` };
}
