#!/usr/bin/env php
<?php
// Submits one comment and waits for its verdict.
//
//     ask.php ID TEXT [SECONDS]    prints the reason where it is rejected
//
// Needs phpredis: `apt install php-cli php-redis` or `pecl install redis`. REDIS_HOST and REDIS_PORT
// name the server; with TLS, the host is tls://host. Where Redis has users, call
// $redis->auth(['web', 'password']) after connect().
[, $id, $text, $seconds] = $argv + ['', '', '', '2'];
if ($argc < 3 || $argc > 4 || !preg_match('/^[1-9][0-9]*$/', $seconds)) {
    fwrite(STDERR, "usage: ask.php ID TEXT [SECONDS]\n");
    exit(1);
}
[$host, $port] = [getenv('REDIS_HOST') ?: '127.0.0.1', (int) (getenv('REDIS_PORT') ?: 6379)];
$redis = new Redis();

/** Returns the verdict, or null when it takes longer than `$seconds`. */
function judge(Redis $redis, string $id, string $text, int $seconds, array $fields): ?array
{
    $entry = $redis->xAdd('comments:submitted', '*',
                          ['id' => $id, 'text' => $text, 'reply' => '1'] + $fields);
    if (!$entry) {  // phpredis throws no exception for some errors
        throw new RedisException($redis->getLastError());
    }
    // here: save the entry with the comment, as the section VERDICTS of duyetd-redis(7) says
    while ($answer = $redis->blPop(["comments:reply:$id"], $seconds)) {
        $verdict = json_decode($answer[1], true);
        if ($verdict['entry'] === $entry) {  // else: the late answer to an earlier edit
            return $verdict;
        }
    }
    return null;
}

try {
    $redis->connect($host, $port, 5);
    $redis->setOption(Redis::OPT_READ_TIMEOUT, $seconds + 5);  // longer than BLPOP waits
    $verdict = judge($redis, $id, $text, (int) $seconds, ['author' => 'u7', 'page' => '/a/1']);
} catch (RedisException $error) {  // no connection, no answer, or an error reply
    // Keep the comment, and submit it again later.
    fwrite(STDERR, "Redis failed at $host:$port: {$error->getMessage()}\n");
    exit(1);
}
if (!$verdict) {
    echo "Bình luận đang chờ duyệt.\n";  // pending: follow.php will see the verdict
} elseif ($verdict['verdict'] === 'hold') {
    echo "Bình luận đang chờ người duyệt.\n";
} elseif ($verdict['verdict'] === 'reject') {
    echo $verdict['reason'], "\n";
} else {
    echo "Bình luận đã được đăng.\n";
}
