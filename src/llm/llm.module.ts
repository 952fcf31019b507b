import { Global, Module } from '@nestjs/common';
import { Judges } from '../proxy/judges.js';
import { ADAPTERS } from './adapters/adapters.js';
import { InspectController } from './admin/inspect.controller.js';
import { InspectedAccess } from './admin/inspected-access.js';
import { Inspector } from './admin/inspector.js';
import { PoolInspector } from './admin/pool-inspector.js';
import { GeminiResources } from './gemini-resources/gemini-resources.js';
import { UploadUrl } from './gemini-resources/upload-url.js';
import { LlmEntry } from './llm-entry.js';
import { ModelRouter } from './model-router.js';
import { Catalogue } from './models/catalogue.js';
import { Discovery } from './models/discovery.js';
import { ModelListing } from './models/model-listing.js';
import { Passthrough } from './passthrough.js';

/** The LLM protocols: their paths, their adapters, and which upstream has which model. */
@Global()
@Module({
  controllers: [InspectController],
  providers: [
    Catalogue,
    InspectedAccess,
    Inspector,
    PoolInspector,
    Discovery,
    GeminiResources,
    LlmEntry,
    ModelListing,
    ModelRouter,
    Passthrough,
    UploadUrl,
  ],
  exports: [LlmEntry],
})
export class LlmModule {
  constructor(judges: Judges) {
    for (const { protocol, judge } of Object.values(ADAPTERS)) judges.use(protocol, judge);
  }
}
