import { KeywheelError } from '../../kernel/errors.js';

/**
 * What was lost on the way into another protocol. The client reads it in `x-keywheel-warning`, one word for each
 * kind of loss; what cannot go missing without harm ends the translation with a 400 instead.
 */
export class Notes {
  private readonly words = new Set<string>();

  /** Something harmless was left out or written differently. @param word such as `dropped:logit_bias` */
  warn(word: string): void {
    this.words.add(word);
  }

  /** A field was left out. */
  dropped(field: string): void {
    this.warn(`dropped:${field}`);
  }

  get warnings(): readonly string[] {
    return [...this.words];
  }
}

/** What the other side cannot express, in words that name the field. @throws KeywheelError untranslatable, always */
export function refuse(message: string, param?: string): never {
  throw new KeywheelError('untranslatable', message, param === undefined ? {} : { param });
}

/** A body that breaks its own protocol's rules. @throws KeywheelError bad_body, always */
export function malformed(message: string, param?: string): never {
  throw new KeywheelError('bad_body', message, param === undefined ? {} : { param });
}
