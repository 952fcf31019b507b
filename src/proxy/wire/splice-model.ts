import { KeywheelError } from '../../kernel/errors.js';
import { partsOf } from './chunk-slice.js';
import { MemberReader, type Member } from './json-members.js';
import { fieldOf } from './top-level-field.js';

export interface Rewrite {
  /** The upstream's name of the model. */
  readonly model?: string;
  /** Top-level fields for where the client sent none of that name. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/**
 * A JSON object's body with its model replaced and default fields put in, byte for byte the same otherwise.
 * Every top-level `model` is replaced, should there be several; where there is none, one is put in. The chunks
 * are views of the old ones; the very same list where nothing is to do.
 * Throws KeywheelError `bad_body` where the body is no JSON object.
 */
export function rewriteTopLevel(chunks: readonly Buffer[], rewrite: Rewrite): Buffer[] {
  const wanted: Record<string, unknown> = { ...rewrite.defaults };
  if (rewrite.model !== undefined) wanted['model'] = rewrite.model;
  const names = Object.keys(wanted);
  if (names.length === 0) return chunks as Buffer[];

  const models: Member[] = [];
  const present = new Set<string>();
  const reader = new MemberReader((member) => {
    const name = fieldOf(chunks, member, names);
    if (name === undefined) return;
    present.add(name);
    if (name === 'model' && rewrite.model !== undefined) models.push(member);
  });
  for (const chunk of chunks) reader.feed(chunk);
  if (!reader.complete) throw new KeywheelError('bad_body', 'The body is not a JSON object.');

  const missing = names.filter((name) => !present.has(name) && wanted[name] !== undefined);
  if (missing.length === 0 && models.length === 0) return chunks as Buffer[];
  return spliced(chunks, models, JSON.stringify(rewrite.model), {
    at: reader.opened,
    text: membersText(missing, wanted, reader.count > 0),
  });
}

function membersText(names: readonly string[], values: Record<string, unknown>, more: boolean): string {
  if (names.length === 0) return '';
  const members = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(values[name])}`);
  return members.join(',') + (more ? ',' : '');
}

function spliced(
  chunks: readonly Buffer[],
  models: readonly Member[],
  model: string,
  insertion: { readonly at: number; readonly text: string },
): Buffer[] {
  const parts: Buffer[] = partsOf(chunks, 0, insertion.at);
  if (insertion.text !== '') parts.push(Buffer.from(insertion.text));
  let from = insertion.at;
  for (const member of models) {
    parts.push(...partsOf(chunks, from, member.valueStart), Buffer.from(model));
    from = member.valueEnd;
  }
  parts.push(...partsOf(chunks, from, Infinity));
  return parts;
}
