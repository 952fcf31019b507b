/** Where the process is in its life. Only `main` and `app` change it; everyone may ask. */
export class Lifecycle {
  /**
   * `starting` until the first configuration is loaded · `ready` while calls are welcome · `draining` from
   * the first request to end: running calls finish, new ones are refused.
   */
  state: 'starting' | 'ready' | 'draining' = 'starting';
}
