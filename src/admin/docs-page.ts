import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Express, Request, Response } from 'express';

export const DOCS_PATH = '/docs';
export const DOCUMENT_PATH = '/api/admin/openapi.json';

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Keywheel API</title>
    <link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/assets/swagger-ui.css">
    <link rel="stylesheet" href="/docs/assets/index.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/assets/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

const START = `window.onload = () => {
  SwaggerUIBundle({
    url: '${DOCUMENT_PATH}',
    dom_id: '#swagger-ui',
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: 'list',
    tagsSorter: 'alpha',
    validatorUrl: null,
  });
};
`;

/**
 * Swagger UI at /docs from files of our own, with nothing inline. @nestjs/swagger's own page writes the document
 * and styles into the page, which a strict Content-Security-Policy forbids.
 */
export function serveDocsPage(app: NestExpressApplication): void {
  const server = expressOf(app);
  const send = (type: string, text: string) => (_: Request, response: Response) => {
    response.type(type).send(text);
  };
  server.get(DOCS_PATH, send('html', PAGE));
  server.get(`${DOCS_PATH}/start.js`, send('text/javascript', START));
  app.useStaticAssets(assetsDirectory(), { prefix: `${DOCS_PATH}/assets`, index: false, maxAge: '1d' });
}

/** Express beneath Nest, for what has no controller. */
export function expressOf(app: NestExpressApplication): Express {
  return app.getHttpAdapter().getInstance();
}

/** The files of swagger-ui-dist, the copy that @nestjs/swagger depends on. */
function assetsDirectory(): string {
  const fromSwagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
  return dirname(fromSwagger.resolve('swagger-ui-dist/package.json'));
}
