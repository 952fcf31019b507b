import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { type Actor, AdminIdentity } from '../access/admin-identity.js';
import { LoginThrottle } from '../access/login-throttle.js';
import { authorizationOf } from '../access/presented.js';
import { Sessions } from '../access/sessions.js';
import { KeywheelError } from '../kernel/errors.js';
import { RequestFacts } from './request-facts.js';
import { isReading, isSameOrigin } from './same-origin.js';
import { sessionCookieOf } from './session-cookie.js';

/** Tells who sends a request to the control plane: by bearer token, else by session cookie. */
@Injectable()
export class Authenticator {
  /** A request is asked about by the guard and perhaps its handler; a wrong credential counts once. */
  readonly #asked = new WeakMap<IncomingMessage, Promise<Actor>>();

  constructor(
    private readonly identity: AdminIdentity,
    private readonly sessions: Sessions,
    private readonly throttle: LoginThrottle,
    private readonly facts: RequestFacts,
  ) {}

  /**
   * @throws KeywheelError missing_token, ambiguous_token, invalid_token, login_limit, forbidden (a cookie that
   *   another site's page sent)
   */
  identify(request: IncomingMessage): Promise<Actor> {
    let actor = this.#asked.get(request);
    if (!actor) this.#asked.set(request, (actor = this.#identify(request)));
    return actor;
  }

  /**
   * Whose credential it is. A right one is never refused for the wrong ones that came from its address, so nobody
   * can lock out an administrator; guessing at 256 random bits gains nothing by that.
   */
  async byBearer(credential: string, ip: string): Promise<Actor> {
    const actor = this.identity.ofCredential(credential, ip);
    if (actor) return actor;
    await this.throttle.failed(ip);
    throw new KeywheelError(
      'invalid_token',
      'This token is not known here, expired, or not for your address.',
    );
  }

  async #identify(request: IncomingMessage): Promise<Actor> {
    const bearer = authorizationOf(request.rawHeaders);
    if (bearer !== undefined) return this.byBearer(bearer, this.facts.of(request).ip);
    const cookie = sessionCookieOf(request.headers.cookie);
    if (cookie !== undefined) return this.byCookie(cookie, request);
    throw new KeywheelError('missing_token', 'Send "Authorization: Bearer" with an admin token, or log in.');
  }

  private async byCookie(cookie: string, request: IncomingMessage): Promise<Actor> {
    const actor = await this.sessions.actorOf(cookie, this.facts.of(request).ip);
    if (!actor) throw new KeywheelError('invalid_token', 'The session has ended; log in again.');
    if (!isReading(request.method) && !isSameOrigin(request.headers)) {
      throw new KeywheelError(
        'forbidden',
        'A session only changes things from a page of this gateway itself.',
      );
    }
    return actor;
  }
}
