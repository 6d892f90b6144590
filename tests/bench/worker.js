// What a site would write by hand in Node: the same three rules and the same banned list, with
// ioredis and linkify-it, over the same streams.
//
//	node worker.js SOCKET PREFIX RULES-DIR
const fs = require('fs');
const Redis = require('ioredis');
const linkify = require('linkify-it')();

const [socket, prefix, rules] = process.argv.slice(2);
const keys = Object.fromEntries(['submitted', 'verdicts', 'rejected', 'stats'].map((name) => [name, `${prefix}:${name}`]));

function readRules() {
	const phrases = fs.readFileSync(`${rules}/phrases.txt`, 'utf8').trim().split('\n');
	const patterns = [...fs.readFileSync(`${rules}/20-bench.yaml`, 'utf8').matchAll(/^ {6}- '(.*)'$/gm)];
	return { phrases, patterns: patterns.map((match) => new RegExp(match[1], 'u')) };
}

const banned = readRules();

function isBanned(text) {
	return banned.phrases.some((phrase) => text.includes(phrase)) ||
		banned.patterns.some((pattern) => pattern.test(text));
}

function judge(text) {
	const failing = [];
	text = text.normalize('NFC').toLowerCase();
	if ((text.match(/[\p{L}\p{N}]+/gu) || []).length < 10) failing.push('min-length');
	if (!/đ|\p{M}/u.test(text.normalize('NFD'))) failing.push('diacritics');
	if (linkify.test(text)) failing.push('no-links');
	if (isBanned(text)) failing.push('banned');
	return failing;
}

function settle(pipeline, [entry, flat]) {
	const fields = {};
	for (let i = 0; i < flat.length; i += 2) fields[flat[i]] = flat[i + 1];
	const failing = judge(fields.text);
	const decided = failing.length ? 'reject' : 'approve';
	const verdict = ['id', fields.id, 'verdict', decided, 'rules', failing.join(','), 'reason', failing.join(' '),
		'entry', entry, 'ruleset', '000000000000', 'by', 'worker'];
	pipeline.xadd(keys.verdicts, '*', ...verdict);
	if (failing.length) {
		const record = `${keys.rejected}:${fields.id}`;
		pipeline.xadd(keys.rejected, '*', ...verdict, 'text', fields.text, 'author', fields.author, 'page', fields.page);
		pipeline.hset(record, ...verdict, 'text', fields.text, 'author', fields.author, 'page', fields.page);
		pipeline.expire(record, 30 * 86400);
	}
	pipeline.hincrby(keys.stats, decided, 1);
}

async function main() {
	const redis = new Redis({ path: socket });
	await redis.xgroup('CREATE', keys.submitted, 'duyetd', '0', 'MKSTREAM').catch(() => {});
	for (;;) {
		const reply = await redis.xreadgroup('GROUP', 'duyetd', 'worker', 'COUNT', 256, 'BLOCK', 1000, 'STREAMS',
			keys.submitted, '>');
		if (!reply) continue;
		const entries = reply[0][1];
		const pipeline = redis.multi();
		for (const one of entries) settle(pipeline, one);
		const ids = entries.map(([id]) => id);
		pipeline.xack(keys.submitted, 'duyetd', ...ids);
		pipeline.xdel(keys.submitted, ...ids);
		await pipeline.exec();
	}
}

main();
