import { at, listAt, parseJson, textOf } from '../../../kernel/judging.js';

/** What is known of an error, from whichever of the shapes below it came in; empty texts where nothing is. */
export interface OpenAiFault {
  readonly message: string;
  readonly type: string;
  /** Numbers as text. */
  readonly code: string;
  /** OpenRouter: which budget has run out. */
  readonly limitSource: string;
  /** OpenRouter: the prompt was refused by a moderator. */
  readonly moderated: boolean;
}

/**
 * Reads an error body. OpenAI: `{error: {message, type, param, code}}`; xAI: `{code, error: "text"}`; SiliconFlow:
 * `{code, message, data}` or a bare JSON string; Mistral: `{message, type, code}` or `{detail}`; anything else is
 * taken as the message.
 */
export function readFault(body: string): OpenAiFault {
  return faultOf(parseJson(body) ?? body);
}

export function faultOf(parsed: unknown): OpenAiFault {
  const inner = at(parsed, 'error');
  const error = typeof inner === 'object' && inner !== null ? inner : parsed;
  const texts = [at(error, 'message'), inner, at(error, 'detail'), parsed];
  const metadata = at(error, 'metadata');
  return {
    message: texts.map(textOf).find((text) => text !== '') ?? '',
    type: textOf(at(error, 'type')),
    code: textOf(at(error, 'code')),
    limitSource: textOf(at(metadata, 'limit_source')),
    moderated: listAt(metadata, 'reasons').length > 0 || at(metadata, 'flagged_input') !== undefined,
  };
}
