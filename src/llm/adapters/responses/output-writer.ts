import type { Fields } from '../../conversation/dialect.js';
import { isFields } from '../../conversation/fields.js';
import type { MediaPart, Part, Signature } from '../../conversation/parts.js';
import { type Place, sealPlaced } from '../../conversation/placed-signatures.js';
import type { TokenLogprob } from '../../conversation/reply.js';
import type { OpenEvent, ReplyEvent } from '../../conversation/reply-events.js';
import { CallItem } from './call-item.js';
import type { Frames } from './frames.js';
import { itemId } from './ids.js';
import { MessageItem } from './message-item.js';
import { encryptedContent } from './reasoning.js';
import { ReasoningItem } from './reasoning-item.js';

type PartEvent = Extract<ReplyEvent, { readonly part: number }>;

interface OpenPart {
  readonly kind: OpenEvent['kind'];
  readonly id: string;
  /** Whether anything of it was written. */
  told: boolean;
  signature: Signature | undefined;
}

/** The output of a response as items, one open at a time, and the events that tell of them. */
export class OutputWriter {
  readonly items: Fields[] = [];
  /** Of the parts that came. */
  readonly kinds = new Set<Part['kind']>();
  private part: OpenPart | undefined;
  /** Stays open behind its last text, for more texts and what comes late. */
  private message: MessageItem | undefined;
  private reasoning: ReasoningItem | undefined;
  private call: CallItem | undefined;
  private logprobs: readonly TokenLogprob[] = [];
  /** What the provider itself calls the item that is written: its own encrypted thoughts are bound to it. */
  private ownId: string | undefined;

  constructor(
    private readonly frames: Frames,
    private readonly responseId: string,
  ) {}

  write(event: PartEvent): string {
    switch (event.type) {
      case 'delta':
        return event.text === '' ? '' : this.delta(event.text);
      case 'open':
        return this.closePart() + this.open(event);
      case 'close':
        return this.closePart();
      case 'signature':
        if (this.part) this.part.signature = event.signature;
        return '';
      case 'citation':
        return this.message?.cite(event.citation) ?? '';
      case 'whole':
        return this.closePart() + this.named(event.value);
    }
  }

  private named(value: Part): string {
    const id = value.extras?.responses?.id;
    this.ownId = typeof id === 'string' && id !== '' ? id : undefined;
    const text = this.whole(value);
    this.ownId = undefined;
    return text;
  }

  /** Those that come before their text wait for it. */
  addLogprobs(tokens: readonly TokenLogprob[]): void {
    if (!this.message?.addLogprobs(tokens)) this.logprobs = [...this.logprobs, ...tokens];
  }

  /** @param status of a message that is open still */
  end(status: string): string {
    return this.closePart() + this.closeMessage(status);
  }

  private get index(): number {
    return this.items.length;
  }

  private idOf(prefix: string): string {
    return this.ownId ?? itemId(prefix, this.responseId, this.index);
  }

  private open({ kind, id = '', name = '', freeform = false }: OpenEvent): string {
    this.part = { kind, id, told: false, signature: undefined };
    if (kind !== 'call') return '';
    this.kinds.add('call');
    const before = this.closeMessage();
    const prefix = freeform ? 'ctc' : 'fc';
    this.call = new CallItem(this.frames, this.idOf(prefix), this.index, { id, name, freeform });
    return before + this.call.begin();
  }

  private delta(text: string): string {
    const { part } = this;
    if (!part) return '';
    const fresh = !part.told;
    part.told = true;
    if (part.kind === 'call') return this.call?.delta(text) ?? '';
    this.kinds.add(part.kind);
    if (part.kind === 'thought') return this.beginReasoning() + this.reasoning!.delta(text);
    const out = this.beginMessage() + this.message!.delta(part.kind, text, fresh);
    if (fresh && part.kind === 'text' && this.logprobs.length > 0) {
      this.message!.addLogprobs(this.logprobs);
      this.logprobs = [];
    }
    return out;
  }

  private beginMessage(): string {
    const another = this.message && this.ownId !== undefined && this.ownId !== this.message.id;
    const before = another ? this.closeMessage() : '';
    if (this.message) return '';
    this.message = new MessageItem(this.frames, this.idOf('msg'), this.index);
    return before + this.message.begin();
  }

  private beginReasoning(): string {
    if (this.reasoning) return '';
    const before = this.closeMessage();
    this.reasoning = new ReasoningItem(this.frames, this.idOf('rs'), this.index);
    return before + this.reasoning.begin();
  }

  private closePart(): string {
    const { part } = this;
    if (!part) return '';
    this.part = undefined;
    const { kind, id, told, signature } = part;
    if (kind === 'thought') return this.closeThought(signature, false);
    if (kind === 'call') return this.done(this.call!.end()) + this.signatureItem({ call: id }, signature);
    if (!signature) return '';
    return this.closeMessage() + this.signatureItem(told ? 'last' : 'alone', signature);
  }

  private closeThought(signature: Signature | undefined, redacted: boolean): string {
    if (!this.reasoning && !signature) return '';
    const begun = this.beginReasoning();
    return begun + this.endReasoning(encryptedContent({ signature, redacted }));
  }

  private signatureItem(place: Place, signature: Signature | undefined): string {
    if (!signature) return '';
    this.ownId = undefined;
    return this.beginReasoning() + this.endReasoning(sealPlaced(place, signature, 'responses'));
  }

  private endReasoning(encrypted: string | undefined): string {
    const ended = this.reasoning!.end(encrypted);
    this.reasoning = undefined;
    return this.done(ended);
  }

  private closeMessage(status = 'completed'): string {
    const { message } = this;
    this.message = undefined;
    return message ? this.done(message.end(status)) : '';
  }

  private done({ text, item }: { readonly text: string; readonly item: Fields }): string {
    this.items.push(item);
    return text;
  }

  /** A part in one piece; what the dialect has no word for is left out. */
  private whole(value: Part): string {
    switch (value.kind) {
      case 'text':
      case 'refusal':
        return this.inOnePiece({ kind: value.kind }, value.text, value);
      case 'call': {
        const { id, name, freeform } = value;
        return this.inOnePiece({ kind: 'call', id, name, freeform }, value.arguments, value);
      }
      case 'thought': {
        this.kinds.add('thought');
        const told = value.text === '' ? '' : this.beginReasoning() + this.reasoning!.delta(value.text);
        return told + this.closeThought(value.signature, value.redacted === true);
      }
      case 'media':
        return this.media(value);
      case 'native':
        return value.origin === 'responses' && isFields(value.value) ? this.native(value.value) : '';
      case 'result':
        return '';
    }
  }

  private inOnePiece(
    open: Pick<OpenEvent, 'kind' | 'id' | 'name' | 'freeform'>,
    text: string,
    part: Part,
  ): string {
    const at = { candidate: 0, part: 0 };
    let out = this.open({ type: 'open', ...at, ...open });
    if (text !== '') out += this.delta(text);
    for (const citation of part.kind === 'text' ? (part.citations ?? []) : []) {
      out += this.message?.cite(citation) ?? '';
    }
    this.part!.signature = part.signature;
    return out + this.closePart();
  }

  /** Images are shown as those of the API's own tool; of other media, their words. */
  private media(media: MediaPart): string {
    const { source, transcript } = media;
    if (media.media === 'image' && source.kind === 'base64') return this.image(media, source.data);
    const words =
      transcript ?? (source.kind === 'url' ? source.url : source.kind === 'text' ? source.text : '');
    return words === '' ? '' : this.inOnePiece({ kind: 'text' }, words, media);
  }

  private image({ mime = 'image/png', extras }: MediaPart, result: string): string {
    this.kinds.add('media');
    const before = this.closeMessage();
    const own = extras?.responses?.item;
    const known = isFields(own) ? own : { output_format: mime.replace(/^image\//, '') };
    const id = this.idOf('ig');
    const item = { id, ...known, type: 'image_generation_call', status: 'completed', result };
    return before + this.native(item);
  }

  private native(value: Fields): string {
    const before = this.closeMessage();
    const item = { id: this.idOf('item'), ...value };
    const place = { output_index: this.index, item };
    const text =
      this.frames.event('response.output_item.added', place) +
      this.frames.event('response.output_item.done', place);
    return before + this.done({ text, item });
  }
}
