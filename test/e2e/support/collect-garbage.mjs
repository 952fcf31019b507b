// Loaded into a gateway that is looked at for leaks: it collects its garbage when it is told to.
process.on('SIGUSR2', () => globalThis.gc());
