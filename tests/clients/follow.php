#!/usr/bin/env php
<?php
// Reads every verdict, also those that were published while this program was stopped.
//
//     follow.php    prints the id and the verdict of each comment, until it is stopped
//
// Needs phpredis: `apt install php-cli php-redis` or `pecl install redis`. REDIS_HOST and REDIS_PORT
// name the server; with TLS, the host is tls://host. Where Redis has users, call
// $redis->auth(['web', 'password']) after connect(). The program ends with status 1 when Redis
// cannot be reached, does not answer or refuses a command: let systemd start it again,
// with Restart=always and RestartSec=5. Without RestartSec, systemd gives up after some seconds.
const GROUP = 'website';
const CONSUMER = 'web-1';  // keep this name: only it gets again what it has read and not acknowledged

[$host, $port] = [getenv('REDIS_HOST') ?: '127.0.0.1', (int) (getenv('REDIS_PORT') ?: 6379)];
$redis = new Redis();

function verdicts(Redis $redis): Generator
{
    $redis->xGroup('CREATE', 'comments:verdicts', GROUP, '0', true);  // false where it exists already
    $after = '0';  // first what this consumer has read before and not acknowledged
    while (true) {
        $redis->clearLastError();
        $answer = $redis->xReadGroup(GROUP, CONSUMER, ['comments:verdicts' => $after], 100, 5000);
        if ($redis->getLastError()) {  // phpredis throws no exception for some errors
            throw new RedisException($redis->getLastError());
        }
        $entries = $answer['comments:verdicts'] ?? [];
        foreach ($entries as $entry => $fields) {
            if ($fields) {  // none: the verdict was trimmed meanwhile
                yield $fields;
            }
            $redis->xAck('comments:verdicts', GROUP, [$entry]);
        }
        if (!$entries) {
            $after = '>';  // then new verdicts
        }
    }
}

try {
    $redis->connect($host, $port);
    $redis->setOption(Redis::OPT_READ_TIMEOUT, 10);  // longer than the 5000 ms of a read
    foreach (verdicts($redis) as $verdict) {
        // here, if $verdict['entry'] is the comment's last entry: publish it, or tell the author
        echo $verdict['id'], ' ', $verdict['verdict'], "\n";
    }
} catch (RedisException $error) {
    fwrite(STDERR, "Redis failed at $host:$port: {$error->getMessage()}\n");
    exit(1);
}
