import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { CODECS } from '../adapters/codecs.js';
import type { ReplyContext } from '../conversation/codec.js';
import type { Conversation } from '../conversation/conversation.js';
import type { Fields } from '../conversation/dialect.js';
import { isFields } from '../conversation/fields.js';
import { refuse } from '../conversation/notes.js';
import type { Reply } from '../conversation/reply.js';
import { type KeptResponse, KeptResponses } from './kept-responses.js';
import { inputItems, resumed } from './resume.js';

/** How long to wait for an answer that is not found, before each further look. */
const WAITS_MS = [20, 100];

/** Conversations of Responses that go on by an id, where the upstream keeps none. */
@Injectable()
export class ResponsesState {
  constructor(private readonly kept: KeptResponses) {}

  /** The body with what it names and is kept here. @param owner the access token, so that no one meets another's */
  resumed(owner: string, body: Fields): Promise<Fields> {
    return resumed(body, (id) => this.findSoon(owner, id));
  }

  /** Another instance may have answered a moment ago, and what it keeps be on its way still. */
  private async findSoon(owner: string, id: string): Promise<KeptResponse | undefined> {
    if (this.kept.hours === 0) return undefined;
    for (const wait of WAITS_MS) {
      const found = await this.kept.find(owner, id);
      if (found) return found;
      await sleep(wait);
    }
    return this.kept.find(owner, id);
  }

  /**
   * For upstreams that keep no answers: what was not found here is nowhere.
   * @throws KeywheelError untranslatable
   */
  assertKnown({ extras, messages }: Conversation): void {
    const previous = extras?.responses?.previous_response_id;
    if (typeof previous === 'string') this.refuse(`Previous response '${previous}'`, 'previous_response_id');
    for (const { parts } of messages) {
      for (const part of parts) {
        const item = part.kind === 'native' && part.origin === 'responses' ? part.value : undefined;
        if (isFields(item) && item.type === 'item_reference')
          this.refuse(`Item '${String(item.id)}'`, 'input');
      }
    }
  }

  private refuse(what: string, param: string): never {
    if (this.kept.hours === 0) {
      refuse(
        `${what} is not kept: the setting responsesStateHours is 0. Send the whole conversation.`,
        param,
      );
    }
    refuse(`${what} was not found: it is kept for ${this.kept.hours} hours, unless store is false.`, param);
  }

  /** Keeps the answer with what it answered; undefined where nothing is to be kept. @param body as it was resumed */
  keeper(owner: string, body: Fields, context: ReplyContext): ((reply: Reply) => void) | undefined {
    if (body.store === false || this.kept.hours === 0) return undefined;
    return (reply) => {
      const response = CODECS.responses.writeReply(reply, context);
      const id = String(response.id);
      const input = inputItems(body.input)
        .filter(isFields)
        .map((item, index) => ({ type: 'message', id: `in_${id.replace(/^resp_/, '')}_${index}`, ...item }));
      this.kept.put(owner, id, { response, input });
    };
  }
}
