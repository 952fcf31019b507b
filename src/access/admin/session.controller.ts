import { Body, Controller, Delete, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Authenticator } from '../../admin/authenticator.js';
import { BodyLimit } from '../../admin/body.interceptor.js';
import { CurrentActor, setActor } from '../../admin/current-actor.js';
import { Public } from '../../admin/needs-role.js';
import { RequestFacts } from '../../admin/request-facts.js';
import { sessionCookieOf, setSessionCookie } from '../../admin/session-cookie.js';
import { isoTime } from '../../admin/times.js';
import { KeywheelError } from '../../kernel/errors.js';
import { roleAtLeast } from '../access-token.js';
import type { Actor } from '../admin-identity.js';
import { LoginThrottle } from '../login-throttle.js';
import { SESSION_HOURS, Sessions } from '../sessions.js';
import { ActorView, LoginBody, SessionView } from './session.dto.js';

/** Far above any token: nobody gets to send megabytes before we know them. */
const LOGIN_BYTES = 4_096;

@ApiTags('session')
@Controller('api/admin/session')
export class SessionController {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly sessions: Sessions,
    private readonly throttle: LoginThrottle,
    private readonly facts: RequestFacts,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Who am I' })
  @ApiOkResponse({ type: ActorView })
  who(@CurrentActor() actor: Actor): ActorView {
    return actor;
  }

  @Post()
  @Public()
  @HttpCode(200)
  @BodyLimit(LOGIN_BYTES)
  @ApiOperation({ summary: 'Log in', description: 'Sets an HttpOnly cookie that is good for 12 hours.' })
  @ApiOkResponse({ type: SessionView })
  async login(
    @Body() body: LoginBody,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SessionView> {
    const { ip, tls } = this.facts.of(request);
    await this.throttle.assertMayTry(ip);
    const actor = await this.authenticator.byBearer(body.token, ip);
    if (!roleAtLeast(actor.role, 'viewer')) {
      throw new KeywheelError('forbidden', 'A token of the role client opens the data plane only.');
    }
    const { secret, expiresAt } = await this.sessions.begin(actor);
    setActor(request, actor);
    response.setHeader('Set-Cookie', setSessionCookie(secret.reveal(), SESSION_HOURS * 3_600, tls));
    return { ...actor, expiresAt: isoTime(expiresAt) };
  }

  @Delete()
  @Public()
  @HttpCode(204)
  @ApiOperation({ summary: 'Log out', description: 'Also where the session has already ended.' })
  @ApiNoContentResponse({ description: 'The session is over' })
  async logout(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const cookie = sessionCookieOf(request.headers.cookie);
    if (cookie !== undefined) await this.sessions.end(cookie);
    response.setHeader('Set-Cookie', setSessionCookie('', 0, this.facts.of(request).tls));
  }
}
