#!/usr/bin/env python3
"""Spread the reading of workbooks over a Spark cluster, and make the portfolio of what comes back.

    spark-submit examples/spark/portfolio.py FOLDER LINES OUT [PARTITIONS] [-- OPTIONS OF lygte portfolio]

FOLDER holds the workbooks and is seen by every machine under the same name; `lygte` is on every machine's path, or `LYGTE`
names it. LINES is a folder that Spark writes to; OUT is the report.
"""

import os
import shlex
import subprocess
import sys

from pyspark.sql import SparkSession


def main():
    arguments = sys.argv[1:]
    options = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, options = arguments[:at], arguments[at + 1 :]
    folder, lines, out, *rest = arguments
    lygte = os.environ.get("LYGTE", "lygte")
    names = [
        os.path.join(place, name)
        for place, _, files in os.walk(folder)
        for name in files
        if "\n" not in name and "\r" not in name
    ]
    spark = SparkSession.builder.appName("lygte").getOrCreate()
    partitions = int(rest[0]) if rest else 4 * spark.sparkContext.defaultParallelism
    # A workbook that cannot be read ends lygte with 3 and has its line like any other: to Spark that is no failure.
    read = f"{shlex.quote(lygte)} assess - --jobs 1 --quiet || test $? = 3"
    piped = spark.sparkContext.parallelize(names, partitions).pipe(f"sh -c {shlex.quote(read)}", checkCode=True)
    piped.saveAsTextFile(lines)
    spark.stop()
    sys.exit(subprocess.run([lygte, "portfolio", lines, "-o", out, *options]).returncode)


if __name__ == "__main__":
    main()
