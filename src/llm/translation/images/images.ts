import { Injectable } from '@nestjs/common';
import type { Upstream } from '../../../upstreams/upstream.js';
import type { Candidate } from '../../candidate.js';
import type { Fields } from '../../conversation/dialect.js';
import { Notes } from '../../conversation/notes.js';
import { IMAGE_FILES, type LlmPath } from '../../llm-path.js';
import { usageOf } from '../generation/usage-of.js';
import type { AskedCall, OperationTranslation, WriteFor, WrittenCall } from '../operation.js';
import { readForm } from '../read-form.js';
import { readObject } from '../read-object.js';
import { geminiPath, jsonAnswer, jsonCall } from '../whole/json-call.js';
import type { Rewritten } from '../whole/whole-answer.js';
import { readGeminiImages, writeGeminiImages } from './gemini-images.js';
import { ImageFiles } from './image-files.js';
import { type ImageRequest, readEdit, readGeneration } from './image-request.js';
import { isImagen, readImagen, writeImagen } from './imagen.js';
import { type MadeImages, usageFields } from './made-images.js';

/** `/v1/images/generations` and `/edits` by Imagen, and by Gemini's models that answer with images. */
@Injectable()
export class ImageTranslation implements OperationTranslation {
  constructor(private readonly files: ImageFiles) {}

  reaches({ operation }: LlmPath, { protocol }: Upstream): boolean {
    return (operation === 'images' || operation === 'image_edits') && protocol === 'gemini';
  }

  async read(asked: AskedCall): Promise<WriteFor> {
    const request =
      asked.path.operation === 'images'
        ? readGeneration(readObject(asked.body))
        : readEdit(await readForm(asked.body, asked.contentType));
    return (candidate) => this.write(asked, candidate, request);
  }

  private write(asked: AskedCall, candidate: Candidate, request: ImageRequest): WrittenCall {
    const { model = asked.model } = candidate;
    const notes = new Notes();
    const imagen = isImagen(model);
    const read = imagen ? readImagen : readGeminiImages;
    return jsonCall(asked, candidate, {
      path: geminiPath(model, imagen ? 'predict' : 'generateContent'),
      body: imagen ? writeImagen(request, model, notes) : writeGeminiImages(request, model, notes),
      notes,
      rewrite: (answer) => this.answer(asked, request, read(answer)),
    });
  }

  private async answer(
    asked: AskedCall,
    { as }: ImageRequest,
    { images, usage }: MadeImages,
  ): Promise<Rewritten> {
    const data: Fields[] = [];
    for (const image of images) {
      data.push(
        as === 'b64_json'
          ? { b64_json: image.data }
          : { url: `${asked.origin()}${IMAGE_FILES}${await this.files.keep(image)}` },
      );
    }
    const body = {
      created: Math.floor(Date.now() / 1000),
      data,
      output_format: images[0]!.mime.replace(/^image\//, ''),
      ...(usage && { usage: usageFields(usage) }),
    };
    return jsonAnswer(body, usage && usageOf(usage));
  }
}
