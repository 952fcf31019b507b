import 'reflect-metadata';
import { All, Controller, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Request, Response } from 'express';
import { Pool } from 'undici';

/** The same proxying as an ordinary Nest controller on Express: body parsed by the framework, undici behind. */
const upstream = process.argv[2] ?? '';
const pool = new Pool(upstream, { connections: 64 });

class ProxyController {
  async handle(request: Request, response: Response): Promise<void> {
    const { statusCode, headers, body } = await pool.request({
      path: request.url,
      method: request.method,
      headers: { authorization: 'Bearer sk-bench', 'content-type': 'application/json' },
      body: JSON.stringify(request.body),
    });
    response.status(statusCode).set('content-type', String(headers['content-type']));
    response.send(Buffer.from(await body.arrayBuffer()));
  }
}

class ProxyModule {}

// Node strips types and knows no decorators, so they are called here as the functions they are.
const handle = Object.getOwnPropertyDescriptor(ProxyController.prototype, 'handle');
if (!handle) throw new Error('unreachable');
All('*path')(ProxyController.prototype, 'handle', handle);
Req()(ProxyController.prototype, 'handle', 0);
Res()(ProxyController.prototype, 'handle', 1);
Controller()(ProxyController);
Module({ controllers: [ProxyController] })(ProxyModule);

const app = await NestFactory.create(ProxyModule, { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
