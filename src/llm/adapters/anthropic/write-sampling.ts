import type { Sampling } from '../../conversation/conversation.js';
import type { Fields } from '../../conversation/dialect.js';
import type { Notes } from '../../conversation/notes.js';
import type { ClaudeModel } from './claude-models.js';

/** The least top_p beside thinking; https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
const LEAST_TOP_P = 0.95;

/** Temperature, top_p, top_k and stop sequences, as far as the model takes them. @param thinks in this request */
export function writeSampling(sampling: Sampling, model: ClaudeModel, thinks: boolean, notes: Notes): Fields {
  return {
    ...(model.sampling === 'none' ? withoutKnobs(sampling, notes) : knobs(sampling, model, thinks, notes)),
    ...stopSequences(sampling.stop, notes),
  };
}

function withoutKnobs({ temperature, topP, topK }: Sampling, notes: Notes): Fields {
  if (temperature !== undefined) notes.dropped('temperature');
  if (topP !== undefined) notes.dropped('top_p');
  if (topK !== undefined) notes.dropped('top_k');
  return {};
}

function knobs(sampling: Sampling, model: ClaudeModel, thinks: boolean, notes: Notes): Fields {
  const temperature = clamped(sampling.temperature, notes);
  const { topP, topK } = sampling;
  if (thinks) {
    if (temperature !== undefined && temperature !== 1) notes.dropped('temperature');
    if (topK !== undefined) notes.dropped('top_k');
    if (topP !== undefined && topP < LEAST_TOP_P) notes.warn('raised:top_p');
    return topP === undefined ? {} : { top_p: Math.max(LEAST_TOP_P, topP) };
  }
  // Models from Opus 4.1 on refuse both at once; a top_p of 1 says nothing anyway.
  const both = model.sampling === 'either' && temperature !== undefined && topP !== undefined;
  if (both && topP !== 1) notes.dropped('top_p');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && !both && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
  };
}

/** Others have temperatures up to 2. */
function clamped(temperature: number | undefined, notes: Notes): number | undefined {
  if (temperature === undefined) return undefined;
  const within = Math.min(1, Math.max(0, temperature));
  if (within !== temperature) notes.warn('clamped:temperature');
  return within;
}

/** Anthropic refuses those of white space alone. */
function stopSequences(stop: readonly string[] | undefined, notes: Notes): Fields {
  if (!stop || stop.length === 0) return {};
  const kept = stop.filter((sequence) => sequence.trim() !== '');
  if (kept.length < stop.length) notes.dropped('stop');
  return kept.length === 0 ? {} : { stop_sequences: kept };
}
