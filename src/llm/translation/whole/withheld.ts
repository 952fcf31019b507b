import type { Reply } from '../../conversation/reply.js';

/** Why an answer lacks what was asked for, in a sentence: the provider's own words, else its text, else its reason. */
export function withheldBecause({ candidates }: Reply): string {
  const [candidate] = candidates;
  if (!candidate) return 'the answer is empty.';
  const { finish, parts } = candidate;
  if (finish.message !== undefined && finish.message !== '') return finish.message;
  const text = parts
    .map((part) => (part.kind === 'text' || part.kind === 'refusal' ? part.text : ''))
    .join('');
  if (text.trim() !== '') return text.trim().slice(0, 1000);
  return `it ended with ${finish.native ?? finish.reason}.`;
}
