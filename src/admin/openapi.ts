import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { VERSION } from '../config/version.js';
import { documentProblems } from './document-problems.js';
import { Fault, Problem } from './problem.js';

const DESCRIPTION = `Configures and shows a Keywheel gateway: upstreams, their keys, access tokens and settings.

Send \`Authorization: Bearer\` with the admin token or with an access token that has a role, or log in with
\`POST /api/admin/session\`. Roles: \`viewer\` reads, \`admin\` changes, \`super_admin\` sees secrets and makes admins.

Failures are RFC 9457 \`application/problem+json\` with a stable \`keywheel_code\`. Every answer has an \`x-request-id\`.
A change takes effect on every instance within two seconds, without a restart.`;

/** Describes every controller of the application. The same application always gives the same document. */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Keywheel')
    .setDescription(DESCRIPTION)
    .setVersion(VERSION)
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addServer('/')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'opaque',
        description: 'Admin token, or a token with a role',
      },
      'bearer',
    )
    .addCookieAuth('keywheel_session', { type: 'apiKey', description: 'Set by `POST session`' }, 'session')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('session')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [Problem, Fault],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  documentProblems(document);
  document.paths = sorted(document.paths);
  if (document.components?.schemas) document.components.schemas = sorted(document.components.schemas);
  return document;
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
