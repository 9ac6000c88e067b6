import type { Config } from '@proscenium/server/configuring';
import { callServer, type ServerAddress } from '../../api/http-call.ts';
import { type Check, type Finding, failed, ok, skipped, warning } from '../check.ts';
import { askHealth } from './health.ts';

/** Beyond it AWS refuses a signature: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const REFUSED_SECONDS = 300;
/** A Date header has whole seconds, and an answer takes its time. */
const NOTICED_SECONDS = 5;
const STEP_MS = 1_000;
const REMEDY =
  'Let both machines keep time by NTP (timedatectl set-ntp true, chrony): signatures, tokens and relays go by it.';

/** What a clock says, and one that nobody can set. */
export interface Clocks {
  now(): number;
  monotonicMs(): number;
}

const SYSTEM_CLOCKS: Clocks = { now: () => Date.now(), monotonicMs: () => performance.now() };

/** Whether this machine's clock, the server's and those of the AWS services that it calls say the same. */
export function clockCheck(clocks: Clocks = SYSTEM_CLOCKS): Check {
  const begun = { now: clocks.now(), monotonicMs: clocks.monotonicMs() };
  return {
    id: 'clock',
    title: 'Clock',
    needs: [],
    timeoutMs: 15_000,
    async run({ server, config }, signal) {
      const asked = [
        ...(server ? [compare('the server', await serverDate(server, signal), clocks.now())] : []),
        ...(await Promise.all(
          awsServices(config).map(async ({ name, url }) => compare(name, await dateOf(url, signal), clocks.now())),
        )),
      ];
      const steppedMs = clocks.now() - begun.now - (clocks.monotonicMs() - begun.monotonicMs);
      const findings = [...asked, ...(Math.abs(steppedMs) > STEP_MS ? [stepped(steppedMs)] : [])];
      return { findings: findings.length > 0 ? findings : [skipped('there is nothing to compare it with')] };
    },
  };
}

async function serverDate(server: ServerAddress, signal: AbortSignal): Promise<Date | undefined> {
  return (await askHealth(server, signal)).date;
}

/** Services that judge signatures of the server by their own clock. */
function awsServices(config: Config | undefined): { name: string; url: URL }[] {
  const targets = config?.events.targets ?? [];
  return targets.flatMap((target) => {
    if (target.type === 'webhook') return [];
    const address = target.type === 'sqs' ? target.settings.queueUrl : target.settings.endpoint;
    return [{ name: `event target ${target.settings.name}`, url: new URL(address) }];
  });
}

/** Undefined when nobody answers: whether that matters is not for this check to say. */
async function dateOf(url: URL, signal: AbortSignal): Promise<Date | undefined> {
  const answer = await callServer({ url, direct: false }, '/', { method: 'GET' }, signal).catch(() => undefined);
  const date = answer?.headers.date;
  return date === undefined ? undefined : new Date(date);
}

function compare(whose: string, date: Date | undefined, now: number): Finding {
  if (date === undefined || Number.isNaN(date.getTime())) return skipped(`${whose} tells no time`);
  const aheadSeconds = Math.round((now - date.getTime()) / 1_000);
  const apart = Math.abs(aheadSeconds);
  if (apart <= NOTICED_SECONDS) return ok(`that of ${whose} says the same`);
  const says = `this machine is ${formatSeconds(apart)} ${aheadSeconds > 0 ? 'ahead of' : 'behind'} ${whose}`;
  if (apart < REFUSED_SECONDS) return warning(says, REMEDY);
  return failed(`${says}: signatures are refused from five minutes on`, REMEDY);
}

function stepped(ms: number): Finding {
  const says = `it was set ${ms > 0 ? 'forward' : 'back'} by ${formatSeconds(Math.abs(ms) / 1_000)} while the doctor ran`;
  return warning(says, 'Let one program alone keep the time, and by small steps (chrony slews it).');
}

function formatSeconds(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
