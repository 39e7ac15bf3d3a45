check samples/android-refused.log
