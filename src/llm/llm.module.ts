import { Global, Module } from '@nestjs/common';
import { Judges } from '../proxy/judges.js';
import { ADAPTERS } from './adapters/adapters.js';
import { InspectController } from './admin/inspect.controller.js';
import { Ineligibility } from './admin/ineligibility.js';
import { InspectedAccess } from './admin/inspected-access.js';
import { Inspector } from './admin/inspector.js';
import { PoolInspector } from './admin/pool-inspector.js';
import { RouteInspector } from './admin/route-inspector.js';
import { GeminiResources } from './gemini-resources/gemini-resources.js';
import { UploadUrl } from './gemini-resources/upload-url.js';
import { LlmEntry } from './llm-entry.js';
import { ModelRouter } from './model-router.js';
import { Catalogue } from './models/catalogue.js';
import { Discovery } from './models/discovery.js';
import { ModelListing } from './models/model-listing.js';
import { OpenAiResources } from './openai-resources/openai-resources.js';
import { KeptResponses } from './responses-state/kept-responses.js';
import { ResponsesState } from './responses-state/responses-state.js';
import { StoredResponses } from './responses-state/stored-responses.js';
import { RouteFinder } from './route-finder.js';
import { Planner } from './planner.js';
import { Plans } from './plans.js';
import { Targets } from './targets.js';
import { Generation } from './translation/generation/generation.js';
import { MediaFetcher } from './translation/generation/media-fetcher.js';
import { Recollections } from './translation/generation/recollections.js';
import { ImageDelivery } from './translation/images/image-delivery.js';
import { ImageFiles } from './translation/images/image-files.js';
import { ImageTranslation } from './translation/images/images.js';
import { TokenCounts } from './translation/token-counts/token-counts.js';
import { Translator } from './translation/translator.js';

/** The LLM protocols: their paths, their adapters, and which upstream has which model. */
@Global()
@Module({
  controllers: [InspectController],
  providers: [
    Catalogue,
    Ineligibility,
    InspectedAccess,
    Inspector,
    PoolInspector,
    RouteInspector,
    Discovery,
    GeminiResources,
    LlmEntry,
    ModelListing,
    ModelRouter,
    OpenAiResources,
    Planner,
    Plans,
    RouteFinder,
    Generation,
    MediaFetcher,
    Recollections,
    KeptResponses,
    ResponsesState,
    StoredResponses,
    ImageDelivery,
    ImageFiles,
    ImageTranslation,
    Targets,
    TokenCounts,
    Translator,
    UploadUrl,
  ],
  exports: [LlmEntry],
})
export class LlmModule {
  constructor(judges: Judges) {
    for (const { protocol, judge } of Object.values(ADAPTERS)) judges.use(protocol, judge);
  }
}
