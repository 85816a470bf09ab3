CREATE TABLE `contacts` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`domain` text NOT NULL,
	`first_name` text NOT NULL,
	`last_name` text NOT NULL,
	`company` text NOT NULL,
	`title` text NOT NULL,
	`phone` text NOT NULL,
	`website` text NOT NULL,
	`city` text NOT NULL,
	`country` text NOT NULL,
	`time_zone` text,
	`tags` text NOT NULL,
	`custom` text NOT NULL,
	`status` text NOT NULL,
	`source` text NOT NULL,
	`search` text DEFAULT '' NOT NULL,
	`soft_bounces` integer DEFAULT 0 NOT NULL,
	`last_sent_at` integer,
	`last_reply_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "contacts_status" CHECK("contacts"."status" in ('active','bounced','unsubscribed','suppressed'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `contacts_email` ON `contacts` (`email`);--> statement-breakpoint
CREATE INDEX `contacts_created` ON `contacts` (`created_at`,`id`,`search`,`tags`);--> statement-breakpoint
CREATE INDEX `contacts_name` ON `contacts` ("last_name" collate nocase,"first_name" collate nocase,`id`);--> statement-breakpoint
CREATE INDEX `contacts_company` ON `contacts` ("company" collate nocase,`id`);--> statement-breakpoint
CREATE INDEX `contacts_last_sent` ON `contacts` (`last_sent_at`,`id`);--> statement-breakpoint
CREATE INDEX `contacts_status` ON `contacts` (`status`,`created_at`,`id`) WHERE "contacts"."status" <> 'active';--> statement-breakpoint
CREATE TABLE `imports` (
	`id` text PRIMARY KEY NOT NULL,
	`file_name` text NOT NULL,
	`dry_run` integer NOT NULL,
	`mode` text NOT NULL,
	`state` text NOT NULL,
	`report` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `list_members` (
	`list_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`added_at` integer NOT NULL,
	PRIMARY KEY(`list_id`, `contact_id`),
	FOREIGN KEY (`list_id`) REFERENCES `lists`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`contact_id`) REFERENCES `contacts`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `list_members_contact` ON `list_members` (`contact_id`);--> statement-breakpoint
CREATE TABLE `lists` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `lists_name` ON `lists` (lower("name"));--> statement-breakpoint
CREATE TABLE `suppressions` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`value` text NOT NULL,
	`reason` text NOT NULL,
	`note` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `suppressions_value` ON `suppressions` (`kind`,`value`);--> statement-breakpoint
CREATE INDEX `suppressions_created` ON `suppressions` (`created_at`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`unique_key` text NOT NULL,
	`state` text NOT NULL,
	`priority` integer NOT NULL,
	`campaign_id` text,
	`enrolment_id` text,
	`contact_id` text,
	`mailbox_id` text,
	`recipient` text NOT NULL,
	`recipient_domain` text NOT NULL,
	`step_id` text,
	`step_number` integer,
	`variant_id` text,
	`content` text,
	`slot_at` integer NOT NULL,
	`why` text NOT NULL,
	`why_detail` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`boot` text,
	`claimed_at` integer,
	`claim_token` text,
	`message_id` text,
	`content_hash` text,
	`subject` text,
	`sending_at` integer,
	`connection` text,
	`sent_at` integer,
	`final_at` integer,
	`final_reason` text,
	`answer_code` integer,
	`answer_class` text,
	`answer` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "deliveries_state" CHECK("deliveries"."state" in ('planned','claimed','sending','sent','deferred','failed','unknown','held','cancelled','skipped')),
	CONSTRAINT "deliveries_kind" CHECK("deliveries"."kind" in ('step','reply','one-off','test')),
	CONSTRAINT "deliveries_sending" CHECK("deliveries"."state" not in ('sending','sent','unknown') or "deliveries"."message_id" is not null)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_unique` ON `deliveries` (`kind`,`unique_key`);--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`mailbox_id`,`priority`,`campaign_id`,`slot_at`) WHERE "deliveries"."state" in ('planned','deferred');--> statement-breakpoint
CREATE INDEX `deliveries_slot` ON `deliveries` (`slot_at`) WHERE "deliveries"."state" in ('planned','deferred');--> statement-breakpoint
CREATE INDEX `deliveries_open` ON `deliveries` (`state`,`updated_at`,`answer_class`) WHERE "deliveries"."state" in ('unknown','held','failed');--> statement-breakpoint
CREATE INDEX `deliveries_in_flight` ON `deliveries` (`campaign_id`) WHERE "deliveries"."state" in ('claimed','sending');--> statement-breakpoint
CREATE INDEX `deliveries_sent` ON `deliveries` (`mailbox_id`,`sent_at`) WHERE "deliveries"."sent_at" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_campaign_sent` ON `deliveries` (`campaign_id`,`sent_at`) WHERE "deliveries"."sent_at" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_enrolment` ON `deliveries` (`enrolment_id`);--> statement-breakpoint
CREATE INDEX `deliveries_contact` ON `deliveries` (`contact_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `deliveries_campaign` ON `deliveries` (`campaign_id`,`state`,`slot_at`) WHERE "deliveries"."state" in ('planned','deferred','held','unknown','failed');--> statement-breakpoint
CREATE INDEX `deliveries_of_campaign` ON `deliveries` (`campaign_id`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_message` ON `deliveries` (`message_id`) WHERE "deliveries"."message_id" is not null;--> statement-breakpoint
CREATE TABLE `event_totals` (
	`campaign_id` text NOT NULL,
	`key` text NOT NULL,
	`n` integer NOT NULL,
	PRIMARY KEY(`campaign_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`actor` text NOT NULL,
	`reason` text,
	`contact_id` text,
	`enrolment_id` text,
	`delivery_id` text,
	`campaign_id` text,
	`mailbox_id` text,
	`step_id` text,
	`variant_id` text,
	`data` text
);
--> statement-breakpoint
CREATE INDEX `events_contact` ON `events` (`contact_id`,`id`) WHERE "events"."contact_id" is not null;--> statement-breakpoint
CREATE INDEX `events_campaign` ON `events` (`campaign_id`,`type`,`at`) WHERE "events"."campaign_id" is not null;--> statement-breakpoint
CREATE INDEX `events_type` ON `events` (`type`,`at`);--> statement-breakpoint
CREATE TABLE `folder_cursors` (
	`mailbox_id` text NOT NULL,
	`folder` text NOT NULL,
	`uid_validity` text NOT NULL,
	`last_uid` integer NOT NULL,
	`checked_at` integer NOT NULL,
	PRIMARY KEY(`mailbox_id`, `folder`),
	FOREIGN KEY (`mailbox_id`) REFERENCES `mailboxes`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `replies` (
	`id` text PRIMARY KEY NOT NULL,
	`mailbox_id` text NOT NULL,
	`folder` text NOT NULL,
	`uid` integer NOT NULL,
	`uid_validity` text NOT NULL,
	`message_id` text,
	`in_reply_to` text,
	`references` text NOT NULL,
	`contact_id` text,
	`enrolment_id` text,
	`campaign_id` text,
	`delivery_id` text,
	`from_address` text NOT NULL,
	`from_name` text NOT NULL,
	`to_address` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`reply_text` text NOT NULL,
	`html` text,
	`class` text NOT NULL,
	`confidence_permille` integer NOT NULL,
	`source` text NOT NULL,
	`matched_by` text NOT NULL,
	`bounce` text,
	`return_date` text,
	`unread` integer NOT NULL,
	`received_at` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `replies_message` ON `replies` (`mailbox_id`,`message_id`) WHERE "replies"."message_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX `replies_uid` ON `replies` (`mailbox_id`,`folder`,`uid_validity`,`uid`);--> statement-breakpoint
CREATE INDEX `replies_received` ON `replies` (`received_at`);--> statement-breakpoint
CREATE INDEX `replies_contact` ON `replies` (`contact_id`,`received_at`);--> statement-breakpoint
CREATE INDEX `replies_class` ON `replies` (`class`,`received_at`,`campaign_id`,`contact_id`);--> statement-breakpoint
CREATE INDEX `replies_campaign` ON `replies` (`campaign_id`,`received_at`);--> statement-breakpoint
CREATE INDEX `replies_unread` ON `replies` (`received_at`,`class`,`unread`) WHERE "replies"."unread" = 1;--> statement-breakpoint
CREATE TABLE `domain_backoffs` (
	`domain` text PRIMARY KEY NOT NULL,
	`until` integer NOT NULL,
	`failures` integer NOT NULL,
	`reason` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `mailboxes` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`from_name` text NOT NULL,
	`address` text NOT NULL,
	`reply_to` text,
	`signature_html` text NOT NULL,
	`smtp` text NOT NULL,
	`imap` text,
	`limits` text NOT NULL,
	`calendar` text NOT NULL,
	`state` text NOT NULL,
	`state_reason` text,
	`paused_until` integer,
	`next_send_at` integer DEFAULT 0 NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`backoff_until` integer DEFAULT 0 NOT NULL,
	`sent_copy` text DEFAULT 'unknown' NOT NULL,
	`sent_folder` text,
	`inbox_checked_at` integer,
	`last_test_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	CONSTRAINT "mailboxes_state" CHECK("mailboxes"."state" in ('untested','ready','paused','needs_login','unreachable'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `mailboxes_address` ON `mailboxes` (lower("address"));--> statement-breakpoint
CREATE TABLE `campaigns` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`sequence_id` text NOT NULL,
	`sequence_version_id` text,
	`status` text NOT NULL,
	`status_reason` text,
	`audience` text NOT NULL,
	`mailbox_ids` text NOT NULL,
	`rules` text NOT NULL,
	`launched_at` integer,
	`paused_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`sequence_id`) REFERENCES `sequences`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`sequence_version_id`) REFERENCES `sequence_versions`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "campaigns_status" CHECK("campaigns"."status" in ('draft','running','paused','stopped','finished'))
);
--> statement-breakpoint
CREATE INDEX `campaigns_created` ON `campaigns` (`created_at`);--> statement-breakpoint
CREATE TABLE `enrolments` (
	`id` text PRIMARY KEY NOT NULL,
	`campaign_id` text NOT NULL,
	`contact_id` text NOT NULL,
	`sequence_version_id` text NOT NULL,
	`mailbox_id` text,
	`state` text NOT NULL,
	`reason` text,
	`paused_until` integer,
	`remaining_ms` integer,
	`step_id` text,
	`next_step_id` text,
	`thread_subject` text,
	`last_message_id` text,
	`references` text NOT NULL,
	`variants` text NOT NULL,
	`sent_count` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`campaign_id`) REFERENCES `campaigns`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`sequence_version_id`) REFERENCES `sequence_versions`(`id`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "enrolments_state" CHECK("enrolments"."state" in ('pending','active','paused','held','finished','stopped','failed'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `enrolments_living` ON `enrolments` (`campaign_id`,`contact_id`) WHERE "enrolments"."state" in ('pending','active','paused','held');--> statement-breakpoint
CREATE INDEX `enrolments_contact` ON `enrolments` (`contact_id`);--> statement-breakpoint
CREATE INDEX `enrolments_campaign_state` ON `enrolments` (`campaign_id`,`state`);--> statement-breakpoint
CREATE INDEX `enrolments_paused` ON `enrolments` (`paused_until`) WHERE "enrolments"."state" = 'paused' and "enrolments"."paused_until" is not null;--> statement-breakpoint
CREATE TABLE `sequence_versions` (
	`id` text PRIMARY KEY NOT NULL,
	`sequence_id` text NOT NULL,
	`number` integer NOT NULL,
	`graph` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`sequence_id`) REFERENCES `sequences`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sequence_versions_number` ON `sequence_versions` (`sequence_id`,`number`);--> statement-breakpoint
CREATE TABLE `sequences` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`description` text NOT NULL,
	`draft` text NOT NULL,
	`active_version_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `templates` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`subject` text NOT NULL,
	`html` text NOT NULL,
	`text` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `key_wrappers` (
	`kind` text PRIMARY KEY NOT NULL,
	`wrapped` blob NOT NULL,
	`params` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `secrets` (
	`name` text PRIMARY KEY NOT NULL,
	`sealed` blob NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
