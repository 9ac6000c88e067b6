import type { Logger } from 'pino';
import type { AlarmClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import type { ClaimRules } from '../identity/claim.ts';
import type { Store } from '../store/store.ts';
import { type Audit, noAudit } from './audit.ts';
import { AuditLog } from './audit-log.ts';
import { ChangeAudit } from './change-audit.ts';

/** The audit log of the configuration, which is none unless it names a file. @throws when that cannot be opened */
export async function startAudit(
  { file }: Config['audit'],
  { store, ...options }: { store: Store; clock: AlarmClock; logger: Logger } & ClaimRules,
): Promise<Audit> {
  if (file === undefined) return noAudit;
  const log = await AuditLog.open({ file, ...options });
  const changes = new ChangeAudit({ ...options, store, append: (change) => log.append(change) });
  return {
    accompany: (call, way) => log.accompany(call, way),
    async close() {
      await changes.close();
      await log.close();
    },
  };
}
