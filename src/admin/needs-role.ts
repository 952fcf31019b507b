import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { Role } from '../access/access-token.js';

export const NEEDS_ROLE = 'keywheel:needs-role';
export const PUBLIC = 'keywheel:public';

/** Field of an operation in the OpenAPI document: the least role, or `none`. */
export const ROLE_EXTENSION = 'x-keywheel-role';

/** The least role that may call this handler. Without it: `viewer` for GET and HEAD, `admin` for the rest. */
export const NeedsRole = (role: Role) =>
  applyDecorators(SetMetadata(NEEDS_ROLE, role), ApiExtension(ROLE_EXTENSION, role));

/**
 * Answers without a credential: the welcome page, the health probes, logging in. Where a good one is shown all
 * the same, `@CurrentActor()` gives who it is.
 */
export const Public = () => applyDecorators(SetMetadata(PUBLIC, true), ApiExtension(ROLE_EXTENSION, 'none'));
