import type { Extras, Fields } from './dialect.js';
import type { Citation, Part, Signature } from './parts.js';
import type { Candidate, Fault, Finish, Reply, TokenCounts, TokenLogprob } from './reply.js';
import type { OpenEvent, ReplyEvent } from './reply-events.js';

type CandidateEvent = Extract<ReplyEvent, { readonly candidate?: number }>;

/** Makes one whole answer of a stream's events. */
export class Gathering {
  fault: Fault | undefined;
  /** The protocol's own end was seen. */
  ended = false;
  private id = '';
  private model = '';
  private created: number | undefined;
  private usage: Partial<TokenCounts> | undefined;
  private extras: Extras | undefined;
  private readonly candidates = new Map<number, GatheredCandidate>();

  add(event: ReplyEvent): void {
    switch (event.type) {
      case 'start':
        ({ id: this.id, model: this.model, created: this.created } = event);
        return;
      case 'usage':
        this.usage = { ...this.usage, ...event.usage };
        return;
      case 'extras':
        if (event.candidate !== undefined) return this.candidate(event.candidate).add(event);
        this.extras = mergeExtras(this.extras, event.extras);
        return;
      case 'fault':
        this.fault = event.fault;
        return;
      case 'end':
        this.ended = true;
        return;
      default:
        return this.candidate(event.candidate).add(event);
    }
  }

  get reply(): Reply {
    const { id, model, created, usage, extras } = this;
    const candidates = [...this.candidates.values()].map((one) => one.whole);
    candidates.sort((one, other) => one.index - other.index);
    return {
      id,
      model,
      candidates,
      ...(created !== undefined && { created }),
      ...(usage && { usage: { input: 0, output: 0, ...usage } }),
      ...(extras && { extras }),
    };
  }

  private candidate(index: number): GatheredCandidate {
    let found = this.candidates.get(index);
    if (!found) this.candidates.set(index, (found = new GatheredCandidate(index)));
    return found;
  }
}

interface GatheredPart {
  readonly open: OpenEvent | undefined;
  readonly whole: Part | undefined;
  readonly pieces: string[];
  signature: Signature | undefined;
  readonly citations: Citation[];
}

class GatheredCandidate {
  private readonly parts = new Map<number, GatheredPart>();
  private finish: Finish = { reason: 'other' };
  private logprobs: TokenLogprob[] | undefined;
  private extras: Extras | undefined;

  constructor(private readonly index: number) {}

  add(event: CandidateEvent): void {
    switch (event.type) {
      case 'open':
        this.parts.set(event.part, fresh(event, undefined));
        return;
      case 'whole':
        this.parts.set(event.part, fresh(undefined, event.value));
        return;
      case 'delta':
        this.parts.get(event.part)?.pieces.push(event.text);
        return;
      case 'signature':
        this.sign(event.part, event.signature);
        return;
      case 'citation':
        this.parts.get(event.part)?.citations.push(event.citation);
        return;
      case 'logprobs':
        (this.logprobs ??= []).push(...event.tokens);
        return;
      case 'extras':
        this.extras = mergeExtras(this.extras, event.extras);
        return;
      case 'finish':
        this.finish = event.finish;
        return;
      case 'close':
        return;
    }
  }

  get whole(): Candidate {
    const parts = [...this.parts.entries()].sort(([one], [other]) => one - other);
    return {
      index: this.index,
      parts: parts.map(([, part]) => wholePart(part)),
      finish: this.finish,
      ...(this.logprobs && { logprobs: this.logprobs }),
      ...(this.extras && { extras: this.extras }),
    };
  }

  private sign(part: number, signature: Signature): void {
    const found = this.parts.get(part);
    if (found) found.signature = signature;
  }
}

function fresh(open: OpenEvent | undefined, whole: Part | undefined): GatheredPart {
  return { open, whole, pieces: [], signature: undefined, citations: [] };
}

function wholePart({ open, whole, pieces, signature, citations }: GatheredPart): Part {
  const signed = signature && { signature };
  if (!open) return { ...whole!, ...signed };
  const text = pieces.join('');
  switch (open.kind) {
    case 'call':
      return {
        kind: 'call',
        id: open.id ?? '',
        name: open.name ?? '',
        arguments: text,
        ...(open.freeform && { freeform: true }),
        ...signed,
      };
    case 'text':
      return { kind: 'text', text, ...(citations.length > 0 && { citations }), ...signed };
    default:
      return { kind: open.kind, text, ...signed };
  }
}

function mergeExtras(before: Extras | undefined, more: Extras): Extras {
  const merged: Record<string, Fields> = { ...before };
  for (const [dialect, fields] of Object.entries(more)) merged[dialect] = { ...merged[dialect], ...fields };
  return merged;
}
