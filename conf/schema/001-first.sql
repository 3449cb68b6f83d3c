-- SPDX-License-Identifier: ISC
--
-- The first schema. Each file NNN-name.sql takes a store from version NNN-1
-- to NNN in one transaction and is never changed once released.
--
-- Portable SQL. Only these spellings are used, so that another engine's driver
-- can translate them: INTEGER (64 bits), TEXT (UTF-8), BLOB, and
-- "INTEGER PRIMARY KEY AUTOINCREMENT" for ids that are never used again.
-- States and kinds are the words that people see. Times are seconds UTC, 0 is
-- "not". Flags are 0 or 1.
--
-- With several nodes a job is leased: node and lease time then stand in
-- job_progress, the only rows of a job that change.

CREATE TABLE value (
	name TEXT NOT NULL PRIMARY KEY,
	data BLOB NOT NULL
);

-- One row for each list that a mail came for; rows may share a file.
CREATE TABLE mail (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	file TEXT NOT NULL,
	state TEXT NOT NULL,
	list TEXT NOT NULL,
	sender TEXT NOT NULL,
	from_addr TEXT NOT NULL,
	message_id TEXT NOT NULL,
	subject TEXT NOT NULL,
	size INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	digest BLOB NOT NULL
);
CREATE INDEX mail_by_file ON mail (file);
CREATE INDEX mail_by_state ON mail (state, id);

CREATE TABLE seen (
	list TEXT NOT NULL,
	message_id TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (list, message_id, sha256)
);
CREATE INDEX seen_by_time ON seen (at);

-- Who is gone keeps row and token (mail to the token finds no one else), but
-- frees the address.
CREATE TABLE member (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list TEXT NOT NULL,
	addr TEXT NOT NULL,
	addr_key TEXT NOT NULL,
	name TEXT NOT NULL,
	lang TEXT NOT NULL,
	zone TEXT NOT NULL,
	token TEXT NOT NULL,
	state TEXT NOT NULL,
	mail_on INTEGER NOT NULL,
	since_at INTEGER NOT NULL,
	state_at INTEGER NOT NULL,
	UNIQUE (list, token)
);
CREATE UNIQUE INDEX member_by_addr ON member (list, addr_key)
	WHERE state <> 'gone';
CREATE INDEX member_by_state ON member (list, state, id, mail_on);

CREATE TABLE seat (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	member_id INTEGER NOT NULL REFERENCES member (id),
	category TEXT NOT NULL,
	body TEXT NOT NULL,
	role TEXT NOT NULL,
	evidence TEXT NOT NULL,
	since_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL
);
CREATE INDEX seat_by_member ON seat (member_id, id);
CREATE INDEX seat_by_body ON seat (body, member_id) WHERE body <> '';
CREATE INDEX seat_by_role ON seat (role, member_id);

-- hash is the SHA-256 of the secret; the secret itself is nowhere.
CREATE TABLE token (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	purpose TEXT NOT NULL,
	list TEXT NOT NULL,
	object TEXT NOT NULL,
	actor TEXT NOT NULL,
	content TEXT NOT NULL,
	hash BLOB NOT NULL,
	issued_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL,
	used_by TEXT NOT NULL,
	outcome TEXT NOT NULL,
	UNIQUE (list, hash)
);
CREATE INDEX token_by_object ON token (list, object);
CREATE INDEX token_by_actor ON token (list, actor, purpose, issued_at);
CREATE INDEX token_by_expiry ON token (expires_at);

-- The record of a decision outlives the mail: mail_id is no foreign key.
CREATE TABLE held (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list TEXT NOT NULL,
	mail_id INTEGER NOT NULL,
	sender TEXT NOT NULL,
	subject TEXT NOT NULL,
	message_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	content TEXT NOT NULL,
	state TEXT NOT NULL,
	decided_by TEXT NOT NULL,
	decided_at INTEGER NOT NULL,
	held_at INTEGER NOT NULL
);
CREATE INDEX held_by_state ON held (state, held_at);
CREATE INDEX held_by_mail ON held (mail_id);

-- What a job is (written once; members: ids, 4 bytes little-endian each) ...
-- mail_id NULL: the whole mail is in the recipe.
CREATE TABLE job (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	mail_id INTEGER REFERENCES mail (id),
	kind TEXT NOT NULL,
	list TEXT NOT NULL,
	message_id TEXT NOT NULL,
	subject TEXT NOT NULL,
	recipe BLOB NOT NULL,
	rcpt_to TEXT NOT NULL,
	members BLOB NOT NULL,
	n INTEGER NOT NULL,
	eight_bit INTEGER NOT NULL,
	utf8 INTEGER NOT NULL,
	author TEXT NOT NULL,
	extra BLOB NOT NULL,
	created_at INTEGER NOT NULL
);
CREATE INDEX job_by_mail ON job (mail_id);
CREATE INDEX job_by_rcpt ON job (rcpt_to COLLATE NOCASE, created_at)
	WHERE rcpt_to <> '';

-- ... and how far it is (done: one bit a recipient), apart because this is
-- written again with every group of results.
CREATE TABLE job_progress (
	job_id INTEGER NOT NULL PRIMARY KEY
		REFERENCES job (id) ON DELETE CASCADE,
	state TEXT NOT NULL,
	n_done INTEGER NOT NULL,
	n_failed INTEGER NOT NULL,
	next_at INTEGER NOT NULL,
	done BLOB NOT NULL
);
CREATE INDEX job_progress_by_state ON job_progress (state, job_id);

CREATE TABLE retry (
	job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
	idx INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	next_at INTEGER NOT NULL,
	code INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (job_id, idx)
);

CREATE TABLE failure (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	job_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	addr TEXT NOT NULL,
	code INTEGER NOT NULL,
	text TEXT NOT NULL,
	at INTEGER NOT NULL
);
CREATE INDEX failure_by_member ON failure (member_id, at);
CREATE INDEX failure_by_time ON failure (at);

-- The key of a meeting is "m" and its id. Revision 0 is "none".
CREATE TABLE meeting (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	list TEXT NOT NULL,
	uid TEXT NOT NULL,
	major_seq INTEGER NOT NULL,
	current_rev INTEGER NOT NULL,
	draft_rev INTEGER NOT NULL
);
CREATE INDEX meeting_by_list ON meeting (list);

-- data is the encoded struct meeting_rev; start_at and end_at are for queries
-- only (end_at of a series is the end of time).
CREATE TABLE revision (
	meeting_id INTEGER NOT NULL REFERENCES meeting (id),
	rev INTEGER NOT NULL,
	start_at INTEGER NOT NULL,
	end_at INTEGER NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (meeting_id, rev)
);

CREATE TABLE invite (
	meeting_id INTEGER NOT NULL REFERENCES meeting (id),
	member_id INTEGER NOT NULL REFERENCES member (id),
	sent_rev INTEGER NOT NULL,
	sent_seq INTEGER NOT NULL,
	major_seq INTEGER NOT NULL,
	sent_at INTEGER NOT NULL,
	removed INTEGER NOT NULL,
	PRIMARY KEY (meeting_id, member_id)
);
CREATE INDEX invite_by_member ON invite (member_id);

CREATE TABLE answer (
	meeting_id INTEGER NOT NULL REFERENCES meeting (id),
	member_id INTEGER NOT NULL REFERENCES member (id),
	recur_at INTEGER NOT NULL,
	partstat TEXT NOT NULL,
	comment TEXT NOT NULL,
	sequence INTEGER NOT NULL,
	dtstamp_at INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	source TEXT NOT NULL,
	PRIMARY KEY (meeting_id, member_id, recur_at)
);
CREATE INDEX answer_by_member ON answer (member_id);

-- Every answer that was ever taken, in order; rows are only added.
CREATE TABLE answer_log (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	meeting_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	recur_at INTEGER NOT NULL,
	partstat TEXT NOT NULL,
	comment TEXT NOT NULL,
	sequence INTEGER NOT NULL,
	dtstamp_at INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	source TEXT NOT NULL
);
CREATE INDEX answer_log_by_meeting ON answer_log (meeting_id);

-- The outbox for plugins. data is the encoded struct event.
CREATE TABLE event (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at INTEGER NOT NULL,
	event_key TEXT NOT NULL,
	data BLOB NOT NULL
);

CREATE TABLE plugin_cursor (
	plugin TEXT NOT NULL PRIMARY KEY,
	event_id INTEGER NOT NULL,
	retry_at INTEGER NOT NULL,
	failures INTEGER NOT NULL,
	parked INTEGER NOT NULL,
	reason TEXT NOT NULL
);

-- hash is over the hash of the row before and this row; the value
-- "audit.head" repeats number and hash of the last row, so that a cut tail
-- shows.
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	detail TEXT NOT NULL,
	hash BLOB NOT NULL
);
