export { createAutoPause, reasonToPause, type AutoPause } from './auto-pause.ts';
export { createCampaigns, type Campaigns } from './campaigns.ts';
export { createEnrolmentList, type EnrolmentList } from './enrolment-list.ts';
export { createForecaster, type Forecaster } from './forecaster.ts';
export { createLauncher, type Launcher } from './launch.ts';
export { createRecipientProviders } from './recipient-providers.ts';
export { createMigration, type Migration } from './migration.ts';
export { createTasks, type Tasks } from './tasks.ts';
export { createWaker, type Waker } from './waker.ts';
