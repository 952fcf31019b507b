import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { ApiDocument } from './api-document.js';
import { DOCS_PATH, DOCUMENT_PATH, expressOf, serveDocsPage } from './docs-page.js';
import { buildOpenApi } from './openapi.js';
import { RequestFacts } from './request-facts.js';
import { apiHeaders, pageHeaders } from './security-headers.js';

/**
 * What the control plane needs of Express before its first route: request ids, headers, the OpenAPI document and
 * the docs page. Call it once, between creating the application (with `bodyParser: false`) and `init`.
 */
export function configureAdmin(app: NestExpressApplication): void {
  const facts = app.get(RequestFacts);
  const document = app.get(ApiDocument);
  document.describeBy(() => buildOpenApi(app));
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isPage = request.path === DOCS_PATH || request.path.startsWith(`${DOCS_PATH}/`);
    response.setHeader('x-request-id', facts.of(request).requestId);
    if (!isPage) response.setHeader('Cache-Control', 'no-store');
    (isPage ? pageHeaders : apiHeaders)(request, response, next);
  });
  serveDocsPage(app);
  expressOf(app).get(DOCUMENT_PATH, (_, response) => void response.json(document.get()));
}
