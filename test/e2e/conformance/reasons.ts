/*
 * Why cells of expected.ts are not kept, as the client is told: the message of the refusal, the words of
 * `x-keywheel-warning`, or what comes nearest; with the cells, `caller>upstream`. Written, checked and published as
 * expected.ts is.
 */
export const REASONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Messages: developer': {
    'instructions of the system':
      'chat>anthropic chat>gemini chat>vertex-express responses>openai-chat responses>anthropic responses>gemini responses>vertex-express',
  },
  'Messages: instructions between messages': {
    '`moved:system`': 'chat>anthropic responses>anthropic',
    '`changed:system`': 'chat>gemini chat>vertex-express responses>gemini responses>vertex-express',
  },
  'Messages: names of participants': {
    '`dropped:name`': 'chat>anthropic chat>gemini chat>vertex-express',
  },
  'Settings: temperature above 1': {
    '`clamped:temperature`': 'chat>anthropic responses>anthropic gemini>anthropic',
  },
  'Settings: top_k': {
    '`dropped:top_k`':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses gemini>openai gemini>openai-chat gemini>openai-responses',
  },
  'Settings: seed': {
    '`dropped:seed`': 'chat>anthropic gemini>openai-responses gemini>anthropic',
  },
  'Settings: presence and frequency penalty': {
    '`dropped:presence_penalty` · `dropped:frequency_penalty`':
      'chat>anthropic gemini>openai-responses gemini>anthropic',
    '`dropped:presencePenalty` · `dropped:frequencyPenalty`': 'chat>gemini',
  },
  'Settings: log probabilities': {
    'Anthropic tells no log probabilities.': 'chat>anthropic responses>anthropic gemini>anthropic',
  },
  'Settings: several answers (n)': {
    'Anthropic gives one answer for each request.': 'chat>anthropic gemini>anthropic',
  },
  'Settings: id of the end user': {
    '`dropped:user`':
      'chat>gemini chat>vertex-express responses>gemini responses>vertex-express anthropic>gemini anthropic>vertex-express',
  },
  'Settings: fields that only one protocol has': {
    '`dropped:logit_bias`': 'chat>anthropic chat>gemini chat>vertex-express',
    '`dropped:truncation`':
      'responses>openai-chat responses>anthropic responses>gemini responses>vertex-express',
    '`dropped:container`':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses anthropic>gemini anthropic>vertex-express',
    '`dropped:safetySettings`': 'gemini>openai gemini>openai-chat gemini>openai-responses gemini>anthropic',
  },
  'Thinking: effort, to models that take budgets': {
    'a budget of tokens that is usual for the effort':
      'chat>anthropic chat>gemini chat>vertex-express responses>anthropic responses>gemini responses>vertex-express anthropic>gemini anthropic>vertex-express gemini>anthropic',
  },
  'Thinking: budget': {
    'the effort that comes nearest':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses gemini>openai gemini>openai-chat gemini>openai-responses',
  },
  'Thinking: thoughts shown': {
    'the effort that comes nearest; Responses show summaries, Chat Completions of OpenAI nothing':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses gemini>openai gemini>openai-chat gemini>openai-responses',
  },
  'Prompt caches: marks': {
    '`dropped:cache_control`':
      'chat>gemini chat>vertex-express responses>gemini responses>vertex-express anthropic>gemini anthropic>vertex-express',
  },
  'Prompt caches: marks that last an hour': {
    'half a day: OpenAI has nothing between it and half an hour':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses',
    '`dropped:cache_control`': 'anthropic>gemini anthropic>vertex-express',
  },
  'Prompt caches: marks that last half a day': {
    'an hour, the longest that Anthropic has': 'chat>anthropic responses>anthropic',
    '`dropped:cache_control`': 'chat>gemini chat>vertex-express responses>gemini responses>vertex-express',
  },
  'Prompt caches: how long all of them may last (prompt_cache_retention)': {
    '`dropped:prompt_cache_retention`':
      'chat>anthropic chat>gemini chat>vertex-express responses>anthropic responses>gemini responses>vertex-express',
  },
  'Prompt caches: key': {
    '`dropped:prompt_cache_key`':
      'chat>anthropic chat>gemini chat>vertex-express responses>anthropic responses>gemini responses>vertex-express',
  },
  'Prompt caches: contents that lie there (cachedContent)': {
    'The upstream cannot read what cachedContent names.':
      'gemini>openai gemini>openai-chat gemini>openai-responses gemini>anthropic',
  },
  'Media: image, closeness of look': {
    '`dropped:detail`':
      'chat>anthropic chat>vertex-express responses>anthropic responses>vertex-express gemini>anthropic',
  },
  'Media: PDF, URL': {
    'fetched by Keywheel, and sent along':
      'responses>openai-chat responses>anthropic responses>gemini responses>vertex-express anthropic>openai anthropic>openai-chat anthropic>gemini anthropic>vertex-express gemini>openai gemini>openai-chat gemini>anthropic',
  },
  'Media: document of plain text': {
    'a part of text':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses gemini>openai gemini>openai-chat gemini>openai-responses',
  },
  'Media: audio, base64': {
    'Anthropic’s models do not take audio as input.': 'chat>anthropic gemini>anthropic',
  },
  'Media: video, base64': {
    'The upstream takes no video.': 'gemini>openai gemini>openai-chat gemini>openai-responses',
    'Anthropic’s models do not take video as input.': 'gemini>anthropic',
  },
  'Media: file id of the caller’s own provider': {
    'The file file-abc lies at another provider.': 'chat>anthropic responses>anthropic',
    'A file that lies at another provider cannot be given to Gemini: send its content.':
      'chat>gemini responses>gemini anthropic>gemini',
    'Vertex AI cannot read the files of the Gemini API: send the content.':
      'chat>vertex-express responses>vertex-express anthropic>vertex-express',
    "The file 'file_abc' lies at another provider than the upstream.":
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses',
    "The file 'https://generativelanguage.googleapis.com/v1beta/files/abc123' lies at another provider than the upstream.":
      'gemini>openai gemini>openai-chat gemini>openai-responses',
    'The file https://generativelanguage.googleapis.com/v1beta/files/abc123 lies at another provider.':
      'gemini>anthropic',
  },
  'Media: an answer in sound is wanted, in a voice': {
    'Anthropic’s models answer in text, not in audio.': 'chat>anthropic gemini>anthropic',
    '`dropped:modalities.text` · `approximated:voice`': 'chat>gemini chat>vertex-express',
    '`approximated:voice`': 'gemini>openai gemini>openai-chat gemini>openai-responses',
  },
  'Media: an answer in sound is wanted, as WAV': {
    'Anthropic’s models answer in text, not in audio.': 'chat>anthropic',
    'Gemini speaks pcm16, not wav.': 'chat>gemini chat>vertex-express',
  },
  'Tools: Google’s own kind of schema': {
    'JSON Schema that says the same':
      'gemini>openai gemini>openai-chat gemini>openai-responses gemini>anthropic',
  },
  'Tools: one call at a time': {
    '`dropped:parallel_tool_calls`':
      'chat>gemini chat>vertex-express responses>gemini responses>vertex-express anthropic>gemini anthropic>vertex-express',
  },
  'Tools: tools of free text': {
    'Anthropic’s tools take JSON, and run takes free text.': 'chat>anthropic responses>anthropic',
    'Gemini has no tools that take free text: run.':
      'chat>gemini chat>vertex-express responses>gemini responses>vertex-express',
  },
  'Tools of the provider: code execution': {
    "The upstream has no tool like 'code_execution'.":
      'responses>openai-chat anthropic>openai anthropic>openai-chat gemini>openai gemini>openai-chat',
  },
  'Tools of the provider: pages by URL': {
    "The upstream has no tool like 'url_context'.":
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses gemini>openai gemini>openai-chat gemini>openai-responses',
  },
  'Tools of the provider: tools that only one provider has': {
    "The upstream has no tool like 'file_search'.": 'responses>openai-chat',
    'Anthropic has no tool such as file_search.': 'responses>anthropic',
    'Gemini has no tool "file_search".': 'responses>gemini responses>vertex-express',
    "The upstream has no tool like 'bash'.":
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses',
    'Gemini has no tool "bash".': 'anthropic>gemini anthropic>vertex-express',
    "The upstream has no tool like 'googleMaps'.": 'gemini>openai gemini>openai-chat gemini>openai-responses',
    'Anthropic has no tool such as googleMaps.': 'gemini>anthropic',
  },
  'Tools: results that are errors': {
    'a text that begins with “Error:”':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses gemini>openai gemini>openai-chat gemini>openai-responses',
  },
  'Tools: images in results': {
    'a text that points at the image, and a message with it after the results':
      'responses>openai-chat anthropic>openai anthropic>openai-chat gemini>openai gemini>openai-chat',
  },
  'Structured output: any JSON object': {
    '`instructed:json`': 'chat>anthropic responses>anthropic gemini>anthropic',
  },
  'Answers: several answers (n)': {
    'Anthropic gives one answer for each request.': 'chat>anthropic gemini>anthropic',
  },
  'Answers: log probabilities': {
    'Anthropic tells no log probabilities.': 'chat>anthropic responses>anthropic gemini>anthropic',
  },
  'Answers: images made by the model': {
    'a text that says so in the image’s place':
      'anthropic>openai-responses anthropic>gemini anthropic>vertex-express',
  },
  'Answers: sound made by the model': {
    'Anthropic’s models answer in text, not in audio.': 'chat>anthropic gemini>anthropic',
  },
  'Finish reasons: a stop sequence': {
    'a good end, which does not say why': 'chat>anthropic responses>anthropic gemini>anthropic',
  },
  'Finish reasons: refusal of the model': {
    'what the model says instead, ended as by a filter':
      'chat>anthropic responses>anthropic gemini>openai gemini>openai-chat gemini>openai-responses gemini>anthropic',
  },
  'Usage: reasoning': {
    'counted among the output':
      'anthropic>openai anthropic>openai-chat anthropic>openai-responses anthropic>gemini anthropic>vertex-express',
  },
  'Usage: sound and images': {
    'counted among all others':
      'anthropic>openai anthropic>openai-chat anthropic>gemini anthropic>vertex-express',
  },
};
