import { Global, Module } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { RedisLink } from '../redis/redis-link.js';
import { SessionController } from './admin/session.controller.js';
import { TokensController } from './admin/tokens.controller.js';
import { TokensService } from './admin/tokens.service.js';
import { AdminIdentity } from './admin-identity.js';
import { AuditLog } from './audit-log.js';
import { AuditRetention } from './audit-retention.js';
import { Gate } from './gate.js';
import { LoginThrottle } from './login-throttle.js';
import { Sessions } from './sessions.js';
import { SharedLogins } from './shared-logins.js';
import { TokenAdmission } from './token-admission.js';
import { TokenLimiter } from './token-limiter.js';
import { TokenSync } from './token-sync.js';
import { TokenTable } from './token-table.js';
import { UsageWriter } from './usage-writer.js';

/** Who calls: clients by access token at the gate, people by token or session on the control plane. */
@Global()
@Module({
  controllers: [SessionController, TokensController],
  providers: [
    TokenTable,
    TokenLimiter,
    {
      provide: TokenAdmission,
      inject: [TokenLimiter, Clock, { token: RedisLink, optional: true }],
      useFactory: (limiter: TokenLimiter, clock: Clock, link?: RedisLink) =>
        new TokenAdmission(limiter, clock, link?.mode === 'absent' ? undefined : link),
    },
    Gate,
    TokenSync,
    UsageWriter,
    AdminIdentity,
    Sessions,
    {
      provide: LoginThrottle,
      inject: [Clock, { token: RedisLink, optional: true }],
      useFactory: (clock: Clock, link?: RedisLink) =>
        new LoginThrottle(clock, link && link.mode !== 'absent' ? new SharedLogins(link) : undefined),
    },
    AuditLog,
    AuditRetention,
    TokensService,
  ],
  exports: [Gate, TokenTable, AdminIdentity, Sessions, LoginThrottle, AuditLog],
})
export class AccessModule {}
