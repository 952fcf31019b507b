import { describe, expect, it } from 'vitest';
import { testConfig } from '../../config/config.fixture.js';
import { RecordingLog } from '../../logging/log.fixture.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { RedisLink } from '../../redis/redis-link.js';
import { Colleagues, NoColleagues } from '../../workers/colleagues.js';
import type { Answers, Topic } from '../../workers/messages.js';
import { callRecord } from '../call-record.fixture.js';
import { BreakerOverview, PoolOverview, type PoolView } from '../ports.js';
import { recorderAt } from '../recorder.fixture.js';
import { CallMetrics } from './call-metrics.js';
import { MetricsPage } from './metrics-page.js';
import { remainsOf } from './snapshot.js';
import { StateMetrics } from './state-metrics.js';

const POOL: PoolView = {
  ...{ upstream: 'openai', total: 6, active: 3, cooling: 2, exhausted: 0, invalid: 1, disabled: 0 },
  ...{ inFlight: 4, waiting: 5 },
};

class Pools extends PoolOverview {
  fails = false;
  pools = async () => {
    if (this.fails) throw new Error('no database');
    return [POOL];
  };
  keys = async () => undefined;
}

class OneBreaker extends BreakerOverview {
  breakers = () => [{ upstream: 'openai', state: 'open' as const }];
}

function setUp(colleagues: Colleagues = new NoColleagues()) {
  const { recorder } = recorderAt();
  const pools = new Pools();
  const redis = new RedisConnection(testConfig(), new RecordingLog());
  const link = new RedisLink(redis, new RecordingLog());
  const states = new StateMetrics(pools, new OneBreaker(), redis, link);
  const page = new MetricsPage(new CallMetrics(recorder), states, colleagues);
  return { recorder, pools, page };
}

/** Two workers that say the same, and one that does not answer. */
class Copies extends Colleagues {
  readonly count = 3;
  readonly number = 1;
  remains: unknown;

  own(topic: Topic): Promise<unknown> {
    return this.tell(topic);
  }

  async ask(topic: Topic): Promise<Answers> {
    // Twice over a channel, as JSON.
    const value: unknown = JSON.parse(JSON.stringify(await this.own(topic)));
    const one = { worker: 1, pid: 1, isReady: true };
    return { workers: [{ ...one, value }, { ...one, value }, one], remains: this.remains };
  }
}

describe('MetricsPage', () => {
  it('tells what happened, by bounded labels', async () => {
    const { recorder, page } = setUp();
    recorder.began();
    recorder.call(callRecord({ attempts: 3, waitedMs: 500, durationMs: 3, firstByteMs: 2 }));
    recorder.call(
      callRecord({ status: 502, outcome: 'upstream_broken', durationMs: 5000, firstByteMs: undefined }),
    );
    recorder.attempt({ upstream: 'openai', keyId: 'k', reason: 'rate_limited' });
    const lines = (await page.text()).split('\n');
    const expected = [
      'keywheel_calls_total{upstream="openai",outcome="ok",status="2xx"} 1',
      'keywheel_calls_total{upstream="openai",outcome="upstream_broken",status="5xx"} 1',
      'keywheel_attempts_total{upstream="openai",reason="rate_limited"} 1',
      'keywheel_failovers_total{upstream="openai"} 2',
      'keywheel_waits_total{upstream="openai"} 1',
      'keywheel_wait_seconds_total{upstream="openai"} 0.5',
      'keywheel_tokens_total{upstream="openai",kind="input"} 200',
      'keywheel_calls_in_flight 1',
      'keywheel_call_duration_seconds_bucket{upstream="openai",le="0.002"} 0',
      'keywheel_call_duration_seconds_bucket{upstream="openai",le="0.004"} 1',
      'keywheel_call_duration_seconds_bucket{upstream="openai",le="+Inf"} 2',
      'keywheel_call_duration_seconds_sum{upstream="openai"} 5.003',
      'keywheel_call_duration_seconds_count{upstream="openai"} 2',
      'keywheel_first_byte_seconds_bucket{upstream="openai",le="0.001"} 0',
      'keywheel_first_byte_seconds_bucket{upstream="openai",le="0.002"} 1',
      'keywheel_keys{upstream="openai",status="cooling"} 2',
      'keywheel_upstream_breaker{upstream="openai",state="open"} 1',
      'keywheel_redis{state="absent"} 1',
    ];
    expect(lines).toEqual(expect.arrayContaining(expected));
    expect(lines.join('\n')).toMatch(/^keywheel_build_info\{version="[^"]+",node="[^"]+"\} 1$/m);
    expect(lines.join('\n')).toMatch(/^nodejs_eventloop_lag_seconds /m);
    expect(lines.join('\n')).not.toMatch(/token-1|key-1/);
  });

  it('says the same when asked twice, and goes on when the pools cannot be seen', async () => {
    const { recorder, page, pools } = setUp();
    recorder.call(callRecord());
    await page.text();
    pools.fails = true;
    const text = await page.text();
    expect(text).toContain('keywheel_calls_total{upstream="openai",outcome="ok",status="2xx"} 1');
    expect(text).not.toContain('keywheel_keys{');
    expect(page.contentType).toContain('text/plain; version=0.0.4');
  });

  it('sums over workers, those that are gone included', async () => {
    const colleagues = new Copies();
    const { recorder, page } = setUp(colleagues);
    recorder.began();
    recorder.call(callRecord({ durationMs: 3 }));
    colleagues.remains = await remainsOf(undefined, await colleagues.own('metrics'));
    colleagues.remains = await remainsOf(colleagues.remains, await colleagues.own('metrics'));
    const lines = (await page.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'keywheel_workers 2',
        'keywheel_calls_in_flight 2',
        'keywheel_calls_total{upstream="openai",outcome="ok",status="2xx"} 4',
        'keywheel_call_duration_seconds_bucket{upstream="openai",le="0.002"} 0',
        'keywheel_call_duration_seconds_bucket{upstream="openai",le="0.004"} 4',
        'keywheel_call_duration_seconds_count{upstream="openai"} 4',
        'keywheel_keys{upstream="openai",status="cooling"} 2',
        'keywheel_key_leases{upstream="openai"} 8',
        'keywheel_upstream_breaker{upstream="openai",state="open"} 1',
      ]),
    );
    expect(lines.join('\n')).toMatch(/^keywheel_build_info\{.+\} 1$/m);
  });

  it('has no metric twice and no line that is none', async () => {
    const { recorder, page } = setUp();
    recorder.call(callRecord({ upstream: 'we"ird\\\n' }));
    const text = await page.text();
    const types = text
      .split('\n')
      .filter((line) => line.startsWith('# TYPE'))
      .map((line) => line.split(' ')[2]);
    expect(new Set(types).size).toBe(types.length);
    for (const line of text.trim().split('\n')) {
      expect(line).toMatch(/^(# (HELP|TYPE) .+|[a-z0-9_]+(\{.*\})? [-+0-9.eNaInf]+|)$/i);
    }
  });
});
