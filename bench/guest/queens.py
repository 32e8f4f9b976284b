# bench/guest/queens.py: queens on a board, words counted, numbers formatted and sorted.
def queens(size, row=0, columns=0, left=0, right=0):
    count = 0
    if row == size:
        return 1
    for column in range(size):
        bit = 1 << column
        if not (columns | left | right) & bit:
            count += queens(size, row + 1, columns | bit, (left | bit) << 1, (right | bit) >> 1)
    return count


def words(rounds):
    counts = {}
    for i in range(rounds):
        word = "word%d" % (i * 7919 % 1009)
        counts[word] = counts.get(word, 0) + len(word)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:3]


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def moved(self, other):
        return Point(self.x + other.y, self.y - other.x * 0.5)


def walk(steps):
    at, step = Point(0.0, 1.0), Point(0.25, 0.125)
    for _ in range(steps):
        at = at.moved(step)
    return "%.3f %.3f" % (at.x, at.y)


print(queens(7), words(30000), walk(30000))
