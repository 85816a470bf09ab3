import type { EnrolmentList } from '../campaigns/index.ts';
import { os } from './base.ts';

export function enrolmentsRouter(enrolments: EnrolmentList) {
  return {
    list: os.enrolments.list.handler(({ input }) => enrolments.list(input)),
    get: os.enrolments.get.handler(({ input }) => enrolments.get(input.id)),
    stop: os.enrolments.stop.handler(({ input }) => enrolments.stop(input.id)),
    pause: os.enrolments.pause.handler(({ input }) => enrolments.pause(input.id, input.until)),
    resume: os.enrolments.resume.handler(({ input }) => enrolments.resume(input.id, input.at)),
  };
}
