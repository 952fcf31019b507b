import { KeywheelError } from '../../kernel/errors.js';

/** Together they stay far below the 16 KiB that Node's clients take for all headers of an answer. */
const MOST_WORDS = 40;
const LONGEST_WORD = 64;
/** What has no place in a word of a header: names of fields are the client's, so anything may be in them. */
const NO_WORD = /[^\x21-\x2b\x2d-\x7e]+/g;

/**
 * What was lost on the way into another protocol. The client reads it in `x-keywheel-warning`, one word for each
 * kind of loss; what cannot go missing without harm ends the translation with a 400 instead.
 */
export class Notes {
  private readonly words = new Set<string>();

  /** Something harmless was left out or written differently. @param word such as `dropped:logit_bias` */
  warn(word: string): void {
    this.words.add(word.slice(0, LONGEST_WORD).replace(NO_WORD, '?'));
  }

  /** A field was left out. */
  dropped(field: string): void {
    this.warn(`dropped:${field}`);
  }

  /** Words that may stand in a header; of very many the first, and how many more there were. */
  get warnings(): readonly string[] {
    const words = [...this.words];
    if (words.length <= MOST_WORDS) return words;
    return [...words.slice(0, MOST_WORDS), `and_more:${words.length - MOST_WORDS}`];
  }
}

/** Of a conversation of which nothing is left to write. */
export const NOTHING_SAID = 'There is nothing to answer: no message says anything.';

/** What the other side cannot express, in words that name the field. @throws KeywheelError untranslatable, always */
export function refuse(message: string, param?: string): never {
  throw new KeywheelError('untranslatable', message, param === undefined ? {} : { param });
}

/** A body that breaks its own protocol's rules. @throws KeywheelError bad_body, always */
export function malformed(message: string, param?: string): never {
  throw new KeywheelError('bad_body', message, param === undefined ? {} : { param });
}
