import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromDiscovery, only } from './from-discovery.mjs';
import { opened, typeReader, wordless } from './from-types.mjs';
import { ANTHROPIC, GEMINI, OPENAI, VERTEX } from './limits.mjs';
import { limit, opaque, printed, reachable } from './shape.mjs';

/* See ../README.md: node make.mjs <folder with ts-json-schema-generator> <aiplatform.v1.json> */

const ROOT = join(import.meta.dirname, '../../../..');
const [folder, discoveryFile] = process.argv.slice(2);
const read = typeReader(folder, 'entry.ts');
const readAnswers = typeReader(folder, 'answers.ts');
const discovery = JSON.parse(readFileSync(discoveryFile, 'utf8'));
const versionOf = (name) =>
  JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;

const OPENAI_SOURCE = `npm openai ${versionOf('openai')}, made of https://github.com/openai/openai-openapi`;
const ANTHROPIC_SOURCE = `npm @anthropic-ai/sdk ${versionOf('@anthropic-ai/sdk')}, https://platform.claude.com/docs/en/api/messages`;
const GEMINI_SOURCE = `npm @google/genai ${versionOf('@google/genai')}, https://ai.google.dev/api/generate-content`;

const OPENAI_OPAQUE =
  /^(?:Computer|ApplyPatch|FunctionShell|FileSearchTool|NamespaceTool|ResponseConfiguration|ResponseToolSearch|ResponseComputer|ResponseFileSearch|ResponseCodeInterpreter|ToolSearch|Tool\.Mcp|Tool\.LocalShell|Tool\.Programmatic|ResponseFunctionShell|ResponseInputItem\.(?:AdditionalTools|ApplyPatch|Compaction|Computer|LocalShell|Mcp|Program|Shell|ToolSearch|ImageGeneration))/;
const ANTHROPIC_OPAQUE =
  /^(?:Bash|Browser|Computer|Memory|TextEditor|ToolBash|ToolSearch|ToolTextEditor|CodeExecution(?!Tool2026|Tool20250825|ToolResultBlock)|WebFetchTool20(?!2603|250910)|WebFetchURLSources)/;

const FILES = [
  {
    name: 'openai',
    source: OPENAI_SOURCE,
    definitions: (roots) => read(roots, 'none'),
    roots: [
      'Chat',
      'Completions',
      'Embeddings',
      'ImageGenerations',
      'ImageEdits',
      'Moderations',
      'Responses',
      'Speech',
      'Transcriptions',
      'Translations',
    ],
    limits: OPENAI,
    opaque: OPENAI_OPAQUE,
  },
  {
    name: 'anthropic',
    source: ANTHROPIC_SOURCE,
    definitions: (roots) => read(roots, 'none'),
    roots: ['Messages', 'CountTokens'],
    limits: ANTHROPIC,
    opaque: ANTHROPIC_OPAQUE,
  },
  {
    name: 'gemini',
    source: GEMINI_SOURCE,
    definitions: (roots) =>
      only(read(roots, 'extended'), /not supported in Gemini API|Config for model selection/),
    roots: [
      'GenerateContentRequest',
      'CountTokensRequest',
      'EmbedContentRequest',
      'BatchEmbedContentsRequest',
      'PredictRequest',
    ],
    limits: GEMINI,
    opaque: /^(?:AuthConfig|McpServer|ComputerUse|FileSearch)$/,
  },
  {
    name: 'vertex',
    source: `discovery document ${discovery.id} revision ${discovery.revision}, of PyPI google-api-python-client`,
    definitions: () => fromDiscovery(discovery),
    roots: ['GenerateContentRequest', 'CountTokensRequest', 'PredictRequest'],
    limits: VERTEX,
    opaque:
      /^(?:Retrieval|ToolComputerUse|ToolExaAiSearch|ToolParallelAiSearch|EnterpriseWebSearch|ModelArmorConfig)$/,
  },
  {
    name: 'answers-openai',
    source: OPENAI_SOURCE,
    definitions: (roots) => opened(readAnswers(roots, 'none')),
    roots: ['ChatAnswer', 'ChatEvent', 'ResponsesAnswer', 'ResponsesEvent'],
    limits: [],
    opaque: OPENAI_OPAQUE,
  },
  {
    name: 'answers-anthropic',
    source: ANTHROPIC_SOURCE,
    definitions: (roots) => opened(readAnswers(roots, 'none')),
    roots: ['MessagesAnswer', 'MessagesEvent'],
    limits: [],
    opaque: ANTHROPIC_OPAQUE,
  },
  {
    name: 'answers-gemini',
    source: GEMINI_SOURCE,
    definitions: (roots) => opened(readAnswers(roots, 'none')),
    roots: ['GeminiAnswer'],
    limits: [],
    opaque: /^(?:AuthConfig|McpServer|ComputerUse|FileSearch)$/,
  },
];

/** Names of models change with every release, and are not what is checked. */
const MODELS =
  /^(?:ChatModel|ResponsesModel|Model|AudioModel|ImageModel|SpeechModel|EmbeddingModel|ModerationModel)$/;

for (const file of FILES) {
  const all = file.definitions(file.roots);
  for (const name of Object.keys(all)) {
    if (MODELS.test(name)) all[name] = { type: 'string' };
    else if (file.opaque.test(name)) all[name] = opaque(all[name]);
  }
  const kept = reachable(wordless(all), file.roots);
  limit(kept, file.limits);
  const head = { $schema: 'http://json-schema.org/draft-07/schema#', $id: file.name, $comment: file.source };
  writeFileSync(join(import.meta.dirname, '..', `${file.name}.json`), printed(head, kept));
}
