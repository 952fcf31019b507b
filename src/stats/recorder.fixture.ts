import { type Clock, ManualClock } from '../kernel/clock.js';
import { RecordingLog } from '../logging/log.fixture.js';
import { Settings } from '../settings/settings.js';
import { CallLog } from './call-log.js';
import { Prices } from './prices.js';
import { Recorder } from './recorder.js';

/** A recorder with its parts at hand, at the given time. */
export function recorderAt(clock: Clock = new ManualClock(1_000_000)) {
  const settings = new Settings();
  const log = new RecordingLog();
  return { recorder: new Recorder(clock, new Prices(settings), new CallLog(log)), settings, log };
}
