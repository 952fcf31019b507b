import { SetMetadata } from '@nestjs/common';
import type { Role } from '../access/access-token.js';

export const NEEDS_ROLE = 'keywheel:needs-role';
export const PUBLIC = 'keywheel:public';

/** The least role that may call this handler. Without it: `viewer` for GET and HEAD, `admin` for the rest. */
export const NeedsRole = (role: Role) => SetMetadata(NEEDS_ROLE, role);

/** Answers without a credential: the welcome page and the health probes. */
export const Public = () => SetMetadata(PUBLIC, true);
