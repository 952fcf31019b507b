/**
 * The SDKs read keys, base URLs and whole headers from the environment. Nothing of what happens to be set on the
 * machine may get into a test's traffic.
 */
for (const name of Object.keys(process.env)) {
  if (/^(?:ANTHROPIC|OPENAI|GEMINI|GOOGLE|AI_GATEWAY)_/.test(name)) delete process.env[name];
}
