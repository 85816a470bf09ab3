PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_deliveries` (
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
	`needs_approval` integer DEFAULT 0 NOT NULL,
	`slot_at` integer NOT NULL,
	`why` text NOT NULL,
	`why_detail` text,
	`attempts` integer DEFAULT 0 NOT NULL,
	`boot` text,
	`claimed_at` integer,
	`claim_token` text,
	`first_tried_at` integer,
	`message_id` text,
	`wire_message_id` text,
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
	CONSTRAINT "deliveries_state" CHECK((state = 'planned' or state = 'claimed' or state = 'sending' or state = 'sent' or state = 'deferred' or state = 'failed' or state = 'unknown' or state = 'held' or state = 'cancelled' or state = 'skipped')),
	CONSTRAINT "deliveries_kind" CHECK((kind = 'step' or kind = 'reply' or kind = 'one-off' or kind = 'test')),
	CONSTRAINT "deliveries_sending" CHECK(message_id is not null or not (state = 'sending' or state = 'sent' or state = 'unknown'))
);
--> statement-breakpoint
INSERT INTO `__new_deliveries`("id", "kind", "unique_key", "state", "priority", "campaign_id", "enrolment_id", "contact_id", "mailbox_id", "recipient", "recipient_domain", "step_id", "step_number", "variant_id", "content", "needs_approval", "slot_at", "why", "why_detail", "attempts", "boot", "claimed_at", "claim_token", "first_tried_at", "message_id", "wire_message_id", "content_hash", "subject", "sending_at", "connection", "sent_at", "final_at", "final_reason", "answer_code", "answer_class", "answer", "created_at", "updated_at") SELECT "id", "kind", "unique_key", "state", "priority", "campaign_id", "enrolment_id", "contact_id", "mailbox_id", "recipient", "recipient_domain", "step_id", "step_number", "variant_id", "content", "needs_approval", "slot_at", "why", "why_detail", "attempts", "boot", "claimed_at", "claim_token", "first_tried_at", "message_id", "wire_message_id", "content_hash", "subject", "sending_at", "connection", "sent_at", "final_at", "final_reason", "answer_code", "answer_class", "answer", "created_at", "updated_at" FROM `deliveries`;--> statement-breakpoint
DROP TABLE `deliveries`;--> statement-breakpoint
ALTER TABLE `__new_deliveries` RENAME TO `deliveries`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_unique` ON `deliveries` (`kind`,`unique_key`);--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`mailbox_id`,`priority`,`campaign_id`,`slot_at`) WHERE "deliveries"."state" in ('planned','deferred');--> statement-breakpoint
CREATE INDEX `deliveries_slot` ON `deliveries` (`slot_at`) WHERE "deliveries"."state" in ('planned','deferred');--> statement-breakpoint
CREATE INDEX `deliveries_open` ON `deliveries` (`state`,`updated_at`,`answer_class`) WHERE (state = 'unknown' or state = 'held' or state = 'failed');--> statement-breakpoint
CREATE INDEX `deliveries_in_flight` ON `deliveries` (`campaign_id`) WHERE "deliveries"."state" in ('claimed','sending');--> statement-breakpoint
CREATE INDEX `deliveries_sent` ON `deliveries` (`mailbox_id`,`sent_at`) WHERE "deliveries"."sent_at" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_campaign_sent` ON `deliveries` (`campaign_id`,`sent_at`) WHERE "deliveries"."sent_at" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_enrolment` ON `deliveries` (`enrolment_id`);--> statement-breakpoint
CREATE INDEX `deliveries_contact` ON `deliveries` (`contact_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `deliveries_campaign` ON `deliveries` (`campaign_id`,`state`,`slot_at`) WHERE (state = 'planned' or state = 'deferred' or state = 'held' or state = 'unknown' or state = 'failed');--> statement-breakpoint
CREATE INDEX `deliveries_of_campaign` ON `deliveries` (`campaign_id`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_message` ON `deliveries` (`message_id`) WHERE "deliveries"."message_id" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_wire_message` ON `deliveries` (`wire_message_id`) WHERE "deliveries"."wire_message_id" is not null;