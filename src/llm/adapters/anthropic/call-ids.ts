import type { Fields } from '../../conversation/dialect.js';

const FITTING = /^[a-zA-Z0-9_-]+$/;

/**
 * Anthropic takes letters, digits, `_` and `-` in the ids of calls. Others are written in hexadecimal digits, the same
 * for a call and its result.
 */
export function writeCallId(id: string): string {
  return FITTING.test(id) ? id : `call_${Buffer.from(id).toString('hex')}`;
}

/**
 * Anthropic refuses an id that two calls have. Servers that number calls anew in each answer give the same ones again:
 * they get another ending, and so do the results that follow them. Changes the blocks of the turns in place.
 */
export function tellCallsApart(turns: readonly { readonly content: Fields[] }[]): void {
  const times = new Map<unknown, number>();
  const endings = new Map<unknown, string>();
  for (const { content } of turns) {
    for (const [at, block] of content.entries()) {
      if (block.type === 'tool_use') {
        const before = times.get(block.id) ?? 0;
        times.set(block.id, before + 1);
        if (before === 0) continue;
        endings.set(block.id, `_${before + 1}`);
        content[at] = { ...block, id: withEnding(block.id, endings) };
      } else if (block.type === 'tool_result' && endings.has(block.tool_use_id)) {
        content[at] = { ...block, tool_use_id: withEnding(block.tool_use_id, endings) };
      }
    }
  }
}

const withEnding = (id: unknown, endings: ReadonlyMap<unknown, string>) => String(id) + endings.get(id);
