import { afterAll, beforeAll, expect, it } from 'vitest';
import { ScriptedUpstream } from '../fakes/scripted-upstream/scripted-upstream.ts';
import { canStartRedis, RedisProcess } from '../support/redis-process.ts';
import { AdminClient } from './support/admin-client.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { createHome, environmentOf, type Home } from './support/home.ts';
import { openaiClient } from './support/sdk-clients.ts';
import { newSecret } from './support/secrets.ts';
import { until } from './support/until.ts';

const MODEL = 'claude-haiku-4-5';

if (canStartRedis()) {
  let home: Home;
  let redis: RedisProcess;
  let upstream: ScriptedUpstream;
  const gateways: GatewayProcess[] = [];
  let token: string;

  const add = async () => {
    const env = { ...environmentOf(home), REDIS_URL: redis.url };
    gateways.push(await GatewayProcess.start({ env, cwd: home.directory }));
  };

  beforeAll(async () => {
    [home, redis, upstream] = await Promise.all([
      createHome(),
      RedisProcess.start(),
      ScriptedUpstream.start(),
    ]);
    await add();
    await add();
    const admin = new AdminClient(gateways[0]!.url, home.adminToken);
    ({ secret: token } = await admin.createToken());
    const key = newSecret('sk-ant-api03-');
    upstream.keys.set(key, { then: 'good' });
    await admin.addUpstream({ slug: 'a', protocol: 'anthropic', baseUrl: upstream.url, models: [MODEL] });
    await admin.addKeys('a', [key]);
    // The other instance knows of it within a second or two.
    const other = openaiClient(gateways[1]!.url, token);
    const serves = () =>
      other.responses.create({ model: MODEL, input: 'x' }).then(
        () => true,
        () => false,
      );
    await until(serves, 'the other instance knows of the upstream');
  });

  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await upstream.close();
    await redis.end();
    await home.remove();
  });

  it('an answer of one instance is known to the other, and to one that starts later', async () => {
    const [one, other] = gateways.map(({ url }) => openaiClient(url, token));
    const first = await one!.responses.create({ model: MODEL, input: 'my name is Ada' });
    const second = await other!.responses.create({
      model: MODEL,
      input: 'and what is it?',
      previous_response_id: first.id,
    });
    expect(upstream.calls.findLast(({ method }) => method === 'POST')?.bodyText).toContain('my name is Ada');
    await add();
    const late = openaiClient(gateways[2]!.url, token);
    expect((await late.responses.retrieve(second.id)).output).toEqual(second.output);
    await late.responses.delete(second.id);
    await expect(one!.responses.retrieve(second.id)).rejects.toMatchObject({ status: 404 });
  });
}
