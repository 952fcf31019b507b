import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../kernel/errors.js';
import { headerOf } from '../proxy/wire/header-of.js';
import { isPromise } from '../kernel/maybe-promise.js';
import { conversationOf } from '../proxy/affinity.js';
import { BodyRoom } from '../proxy/body-room.js';
import type { Call } from '../proxy/call.js';
import { Forwarder } from '../proxy/forwarder.js';
import { Reception } from '../proxy/reception.js';
import type { CallBody } from '../proxy/wire/call-body.js';
import type { LlmPath } from './llm-path.js';
import { type LlmRequest, readLlmRequest } from './llm-request.js';
import { answerItself } from './own-answer.js';
import { Plans } from './plans.js';
import { type Found, Targets } from './targets.js';
import { isOwn } from './translation/operation.js';

/** A call of an LLM path, from its body to its plan. */
@Injectable()
export class Planner {
  constructor(
    private readonly targets: Targets,
    private readonly plans: Plans,
    private readonly reception: Reception,
    private readonly forwarder: Forwarder,
    private readonly bodies: BodyRoom,
  ) {}

  /** @throws KeywheelError (or rejects with it), as everything on the way to an answer does */
  serve(call: Call, path: LlmPath): Promise<void> {
    assertMethod(call, path);
    const body = this.bodies.read(call);
    return isPromise(body) ? body.then((late) => this.plan(call, path, late)) : this.plan(call, path, body);
  }

  private plan(call: Call, path: LlmPath, body: CallBody): Promise<void> {
    const request = readLlmRequest(
      path,
      headerOf(call.req, 'content-type') ?? '',
      body,
      path.slug === undefined,
    );
    call.model = request.model;
    call.conversation = conversationOf(call, request.conversation);
    const found = this.targets.of(call, path, request);
    return isPromise(found)
      ? found.then((late) => this.admit(call, path, request, late))
      : this.admit(call, path, request, found);
  }

  private admit(call: Call, path: LlmPath, request: LlmRequest, found: Found): Promise<void> {
    const admitted = this.reception.admit(call, request.tokens);
    return isPromise(admitted)
      ? admitted.then(() => this.answer(call, path, request, found))
      : this.answer(call, path, request, found);
  }

  private answer(call: Call, path: LlmPath, request: LlmRequest, found: Found): Promise<void> {
    if (isOwn(found)) return answerItself(call, found);
    call.upstream = found[0]!.upstream;
    return this.forwarder.forward(call, this.plans.of(call, path, request, found));
  }
}

function assertMethod(call: Call, path: LlmPath): void {
  const asks = path.modelIn === 'body' || path.modelIn === 'form' || path.modelIn === 'path';
  const lists = path.operation === 'cached_contents';
  if (path.slug === undefined && asks && !lists && call.req.method !== 'POST') {
    throw new KeywheelError('method_not_allowed', `${call.path} takes POST only.`);
  }
}
