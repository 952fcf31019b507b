import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { Signature, ThoughtPart } from '../../conversation/parts.js';
import { sealPlaced } from '../../conversation/placed-signatures.js';
import { seal, unseal } from '../../conversation/signatures.js';

/** Between the parts of a summary, which are one thought. */
export const BETWEEN_SUMMARIES = '\n\n';
/** Between the id of an upstream's own item and its `encrypted_content`: it wants back both. */
const ID_END = '#';

/**
 * A reasoning item: its summary, else the thoughts themselves, which open models show.
 * https://platform.openai.com/docs/guides/reasoning#reasoning-summaries
 * @param item of a client or an upstream; what is not as it should be counts as absent
 */
export function readReasoning(item: Fields): ThoughtPart {
  const summary = textsIn(item.summary).join(BETWEEN_SUMMARIES);
  const text = summary === '' ? textsIn(item.content).join('') : summary;
  const { id, encrypted_content: encrypted } = item;
  const name = typeof id === 'string' ? id : '';
  if (typeof encrypted === 'string' && encrypted !== '') {
    return { kind: 'thought', text, signature: readEncrypted(name, encrypted) };
  }
  // Where the provider keeps its answers the id alone stands for what was thought.
  return { kind: 'thought', text, ...(name !== '' && { extras: { responses: { id: name } } }) };
}

function textsIn(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown) => (isFields(one) && typeof one.text === 'string' ? [one.text] : []));
}

/** For an upstream; undefined for what OpenAI did not sign, since it takes back nothing else. */
export function writeReasoning({ text, signature, extras }: ThoughtPart): Fields | undefined {
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  if (signature?.origin === 'responses') {
    const { id, encrypted } = ownItem(signature.value);
    return { type: 'reasoning', ...(id !== '' && { id }), summary, encrypted_content: encrypted };
  }
  const id = extras?.responses?.id;
  return typeof id === 'string' ? { type: 'reasoning', id, summary } : undefined;
}

/** `encrypted_content` of a thought for a client. */
export function encryptedContent({
  signature,
  redacted,
}: Pick<ThoughtPart, 'signature' | 'redacted'>): string | undefined {
  if (!signature) return undefined;
  if (signature.origin === 'responses') return ownItem(signature.value).encrypted;
  return redacted ? sealPlaced('redacted', signature, 'responses') : seal(signature, 'responses');
}

/** What `encrypted_content` of the item `id` holds; of OpenAI's own, the id as well. */
function readEncrypted(id: string, encrypted: string): Signature {
  const unsealed = unseal(encrypted, 'responses');
  return unsealed.origin === 'responses' ? { ...unsealed, value: `${id}${ID_END}${encrypted}` } : unsealed;
}

function ownItem(value: string): { readonly id: string; readonly encrypted: string } {
  const end = value.indexOf(ID_END);
  return end === -1
    ? { id: '', encrypted: value }
    : { id: value.slice(0, end), encrypted: value.slice(end + ID_END.length) };
}
