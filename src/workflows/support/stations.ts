import {
  ActivityCancellationType,
  proxyActivities,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';

import type {
  ApprovalActivities,
  LiveActivities,
  PreflightActivities,
  QualityActivities,
  RebuildActivities,
  ReleaseActivities,
  RescueActivities,
} from '../../domain/deploy-activities.js';
import type {
  AssetActivities,
  CodeActivities,
  ContentActivities,
  DesignActivities,
  FeatureActivities,
  GitActivities,
  LedgerActivities,
  ModelCodeActivities,
  OpenCloudActivities,
  PlaceActivities,
  PlayActivities,
  RojoActivities,
} from '../../domain/activities.js';

/** Task queues beside the one that the workflow runs on: `graveshift-gpu` and so on (docs/how-it-works.md). */
export const queueSuffixes = { gpu: '-gpu', build: '-build', openCloud: '-open-cloud' } as const;
/** Rollbacks have a queue of their own, whose workers do everything that a rollback needs: nothing queues before them. */
export const rescueSuffix = '-rescue';

type Station = { queue: string; options: ActivityOptions };

/**
 * The heartbeat is sent by the worker for each activity that runs (activities/support/interceptor.ts), so a worker
 * that was killed is noticed after ten seconds, however long the activity may take.
 */
const common: ActivityOptions = {
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 5 },
};

const stations = {
  light: { queue: '', options: { ...common, startToCloseTimeout: '1m' } },
  // The place entity and the end of a run have nobody to ask for attention.
  patient: {
    queue: '',
    options: {
      ...common,
      startToCloseTimeout: '1m',
      retry: { initialInterval: '1s', maximumInterval: '1m' },
    },
  },
  gpu: { queue: queueSuffixes.gpu, options: { ...common, startToCloseTimeout: '15m' } },
  build: { queue: queueSuffixes.build, options: { ...common, startToCloseTimeout: '1h' } },
  openCloud: { queue: queueSuffixes.openCloud, options: { ...common, startToCloseTimeout: '15m' } },
  look: { queue: queueSuffixes.openCloud, options: { ...common, startToCloseTimeout: '5m' } },
  // Long: each heartbeat that reaches the server is billed, and a dead worker is noticed within a minute.
  watch: {
    queue: queueSuffixes.openCloud,
    options: {
      ...common,
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      startToCloseTimeout: '26h',
      heartbeatTimeout: '1m',
      retry: { initialInterval: '5s', maximumInterval: '1m', maximumAttempts: 20 },
    },
  },
  rescue: {
    queue: rescueSuffix,
    options: {
      ...common,
      startToCloseTimeout: '15m',
      retry: { initialInterval: '500ms', maximumInterval: '10s', maximumAttempts: 8 },
    },
  },
  // An unknown outcome must not be tried again blindly: one attempt, then reconciliation.
  publish: {
    queue: queueSuffixes.openCloud,
    options: { ...common, startToCloseTimeout: '15m', retry: { maximumAttempts: 1 } },
  },
} as const satisfies Record<string, Station>;

/** Activities of one station, typed by the interface that it serves; the summary is what the Web UI shows beside the event. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the interface
function at<A>(station: Station) {
  return (summary: string): A =>
    proxyActivities<A & Record<string, (...args: never[]) => Promise<unknown>>>({
      ...station.options,
      taskQueue: queueOf(station),
      summary,
    }) as A;
}

function queueOf({ queue }: Station): string {
  const { taskQueue } = workflowInfo();
  if (taskQueue.endsWith(rescueSuffix)) return taskQueue;
  return taskQueue + queue;
}

export const approvals = at<ApprovalActivities>(stations.light);
export const design = at<DesignActivities>(stations.light);
export const ledger = at<LedgerActivities>(stations.light);
export const places = at<Pick<PlaceActivities, 'requestLease'>>(stations.light);
export const leases = at<Omit<PlaceActivities, 'requestLease'>>(stations.patient);
export const closing = at<Pick<LedgerActivities, 'closeRun'>>(stations.patient);
export const meshes = at<Pick<AssetActivities, 'generateAsset' | 'sealAssets'>>(stations.gpu);
export const uploads = at<Pick<AssetActivities, 'uploadAsset'>>(stations.openCloud);
export const code = at<CodeActivities>(stations.build);
export const play = at<PlayActivities>(stations.build);
export const features = at<FeatureActivities>(stations.build);
export const modelCode = at<ModelCodeActivities>(stations.build);
export const contents = at<ContentActivities>(stations.build);
export const git = at<GitActivities>(stations.build);
export const rojo = at<RojoActivities>(stations.build);
export const openCloud = at<Omit<OpenCloudActivities, 'publishPlace'>>(stations.openCloud);
export const publishing = at<Pick<OpenCloudActivities, 'publishPlace'>>(stations.publish);
export const audits = at<Pick<PreflightActivities, 'auditPlace'>>(stations.look);
export const preflight = at<Omit<PreflightActivities, 'auditPlace'>>(stations.openCloud);
export const releases = at<ReleaseActivities>(stations.build);
export const quality = at<QualityActivities>(stations.build);
export const rebuilds = at<RebuildActivities>(stations.build);
export const live = at<Omit<LiveActivities, 'watchRelease' | 'proveRollout'>>(stations.openCloud);
export const watching = at<Pick<LiveActivities, 'watchRelease' | 'proveRollout'>>(stations.watch);
export const rescue = at<Omit<RescueActivities, 'previousRelease'>>(stations.rescue);
export const history = at<Pick<RescueActivities, 'previousRelease'>>(stations.light);
export const notices = at<Pick<RescueActivities, 'notify'>>(stations.light);
