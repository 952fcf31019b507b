import { Injectable } from '@nestjs/common';
import { KeywheelError } from '../../../kernel/errors.js';
import type { Call } from '../../../proxy/call.js';
import { IMAGE_FILES } from '../../llm-path.js';
import { ImageFiles } from './image-files.js';

/** Made images by their links, for whoever has one: clients hand them on to browsers, which have no token. */
@Injectable()
export class ImageDelivery {
  constructor(private readonly files: ImageFiles) {}

  /** @throws KeywheelError method_not_allowed, not_found */
  async serve(call: Call): Promise<void> {
    const { req, res } = call;
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      throw new KeywheelError('method_not_allowed', 'Images can only be read.');
    }
    const image = await this.files.find(call.path.slice(IMAGE_FILES.length));
    if (!image)
      throw new KeywheelError('not_found', 'There is no such image, or no more: links hold an hour.');
    const bytes = Buffer.from(image.data, 'base64');
    res.writeHead(200, {
      'content-type': image.mime.startsWith('image/') ? image.mime : 'application/octet-stream',
      'content-length': bytes.length,
      'cache-control': 'private, max-age=3600, immutable',
      // An image of SVG could hold scripts.
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'x-request-id': call.id,
    });
    res.end(req.method === 'HEAD' ? undefined : bytes);
  }
}
